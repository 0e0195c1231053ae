"""Input files: the ones that are opened, and the ones that are refused unread."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from kubestrata.core.regular_file import FileRefusedError, read_regular, read_regular_text


def _reason(path: Path, within: Path | None = None) -> str:
    with pytest.raises(FileRefusedError) as caught:
        read_regular(path, 10, within)
    return str(caught.value.strerror)


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")
    assert read_regular(path, 10) == b"0123456789"
    path.write_bytes(b"0123456789a")
    assert _reason(path) == "is larger than 10 bytes"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_a_file_without_a_known_size_is_read_to_its_end() -> None:
    status = Path("/proc/self/status")
    assert status.stat().st_size == 0
    assert read_regular(status, 100_000).startswith(b"Name:")
    assert _reason(status) == "is larger than 10 bytes"


def test_a_fifo_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a")
    assert _reason(tmp_path / "a") == "is not a regular file"


def test_devices_sockets_and_folders_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(tmp_path)  # a socket has a short name
        listening.bind("s")
        assert _reason(Path("s")) == "is not a regular file"
    assert _reason(Path("/dev/zero")) == "is not a regular file"
    assert _reason(tmp_path) == "is not a regular file"


def test_a_link_must_stay_in_the_folder(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tmp_path / "out").write_text("a")
    (tree / "in").write_text("b")
    (tree / "away").symlink_to(tmp_path / "out")
    (tree / "near").symlink_to("in")
    (tree / "loop").symlink_to("loop")
    assert read_regular(tree / "near", 10, tree) == b"b"
    assert _reason(tree / "away", tree) == "is a link to a file outside of the folder"
    assert _reason(tree / "loop", tree) == "is a link to itself"


def test_text_must_be_utf8(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a\xff")
    with pytest.raises(FileRefusedError, match="is not UTF-8 text at byte 1"):
        read_regular_text(tmp_path / "a", 10)
