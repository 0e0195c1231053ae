"""Files of a project are read, links out of it are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.constructs import FileContent
from kubestrata.core.bindings_path import CONFIG
from kubestrata.core.errors import InvalidValue
from kubestrata.core.project_file import read_project_file

OUTSIDE = "is a link to a file outside of the folder"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a file, beside another file."""
    folder = tmp_path / "project"
    (folder / "files").mkdir(parents=True)
    (folder / CONFIG).write_text("app: python main.py\n")
    (folder / "files" / "own").write_text("own")
    (tmp_path / "secret").write_text("secret")
    monkeypatch.chdir(folder)
    return folder


def test_a_link_out_of_the_project_is_refused(project: Path) -> None:
    link = project / "files" / "link"
    link.symlink_to(project.parent / "secret")
    with pytest.raises(OSError, match=OUTSIDE):
        read_project_file(link)
    with pytest.raises(InvalidValue, match=f"cannot be read: {OUTSIDE}"):
        FileContent.file(link)


def test_a_folder_that_is_a_link_out_of_the_project_is_refused(project: Path) -> None:
    outside = project.parent / "outside"
    outside.mkdir()
    (outside / "a.txt").write_text("secret")
    (project / "folder").symlink_to(outside)
    with pytest.raises(InvalidValue, match=OUTSIDE):
        FileContent.folder(project / "folder")


def test_a_link_within_the_project_is_followed(project: Path) -> None:
    link = project / "link"
    link.symlink_to(project / "files" / "own")
    assert read_project_file(link) == b"own"


def test_a_file_of_another_folder_is_read(project: Path) -> None:
    assert read_project_file(project.parent / "secret") == b"secret"
    assert read_project_file(Path("../secret")) == b"secret"
