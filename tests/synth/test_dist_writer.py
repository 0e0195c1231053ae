"""Writes of write_tree, and its refusals. Crashes are in test_dist_writer_crash.py."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubestrata.core import directory_swap, staging
from kubestrata.core.errors import DistError, KubestrataError
from kubestrata.synth import dist_writer, manifest_index
from kubestrata.synth.dist_folder import DistFolder, look_at
from kubestrata.synth.dist_writer import WriteReport, read_tree, write_tree
from tests.synth.foreign import foreign_files

OLD = {
    "flux/kustomization.yaml": b"kind: Kustomization\n",
    "apps/whoami/kustomization.yaml": b"resources: []\n",
    "apps/whoami/whoami-deployment.yaml": b"kind: Deployment\n",
    "apps/gone/gone-service.yaml": b"kind: Service\n",
}
NEW = {
    "flux/kustomization.yaml": b"kind: Kustomization\n",
    "apps/whoami/kustomization.yaml": b"resources: [a]\n",
    "apps/new/deep/er/new-service.yaml": b"kind: Service\n",
}


@pytest.fixture
def outdir(tmp_path: Path) -> Path:
    return tmp_path / "dist"


@pytest.fixture
def old(outdir: Path) -> Path:
    write_tree(outdir, OLD)
    return outdir


def generated(outdir: Path) -> dict[str, bytes]:
    """Every file below `outdir` but the index."""
    return {
        path.relative_to(outdir).as_posix(): path.read_bytes()
        for path in outdir.rglob("*")
        if path.is_file() and path.name != manifest_index.INDEX_NAME
    }


def everything(root: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Mode, inode, time and content of all that is below `root`, and of `root`."""
    found: dict[str, tuple[int, int, int, bytes]] = {}
    for path in (root, *root.rglob("*")):
        was = path.lstat()
        content = os.fsencode(path.readlink()) if path.is_symlink() else b""
        content = path.read_bytes() if stat.S_ISREG(was.st_mode) else content
        found[os.path.relpath(path, root)] = (was.st_mode, was.st_ino, was.st_mtime_ns, content)
    return found


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def identity(path: Path) -> tuple[int, int, int]:
    was = path.lstat()
    return was.st_ino, was.st_mtime_ns, was.st_mode


def refused(outdir: Path, files: dict[str, bytes]) -> str:
    """The message of a refused write, which must have changed nothing."""
    parent = outdir.parent
    before = everything(parent)
    with pytest.raises(DistError) as caught:
        write_tree(outdir, files)
    after = everything(parent)
    # The lock file was there for a moment, so the parent's own time may differ.
    assert {**after, ".": before["."]} == before
    return str(caught.value)


def failing(call: Callable[..., object], code: int, after: int = 0) -> Callable[..., object]:
    """`call`, until it fails once with `code`, as a full disk does before space is freed."""
    left = iter([True] * after + [False])

    def replacement(*arguments: object, **keywords: object) -> object:
        if next(left, True):
            return call(*arguments, **keywords)
        raise OSError(code, os.strerror(code))

    return replacement


def always(code: int) -> Callable[..., object]:
    def replacement(*_: object, **__: object) -> object:
        raise OSError(code, os.strerror(code))

    return replacement


def no_exchange(_one: str, _other: str) -> bool:
    return False


class TestWrite:
    def test_a_missing_folder_is_made_with_the_files_and_their_index(self, outdir: Path) -> None:
        report = write_tree(outdir, OLD)
        assert report == WriteReport(written=tuple(sorted(OLD)), removed=(), unchanged=())
        assert generated(outdir) == OLD
        header, *listed = (outdir / ".kubestrata").read_text().splitlines()
        assert header.startswith("#")
        assert listed == sorted(OLD)

    def test_a_change_is_reported_by_path(self, old: Path) -> None:
        assert write_tree(old, NEW) == WriteReport(
            written=("apps/new/deep/er/new-service.yaml", "apps/whoami/kustomization.yaml"),
            removed=("apps/gone/gone-service.yaml", "apps/whoami/whoami-deployment.yaml"),
            unchanged=("flux/kustomization.yaml",),
        )
        assert generated(old) == NEW

    def test_a_folder_that_becomes_empty_goes(self, old: Path) -> None:
        write_tree(old, NEW)
        assert not (old / "apps/gone").exists()
        assert (old / "apps/whoami").is_dir()

    def test_an_empty_tree_leaves_the_folder_and_its_index(self, old: Path) -> None:
        write_tree(old, {})
        assert names(old) == [".kubestrata"]

    def test_an_unchanged_file_keeps_bytes_inode_and_times(self, old: Path) -> None:
        before = identity(old / "flux/kustomization.yaml")
        write_tree(old, NEW)
        assert identity(old / "flux/kustomization.yaml") == before

    def test_a_write_of_the_same_tree_touches_nothing_at_all(self, old: Path) -> None:
        before = everything(old.parent)
        assert write_tree(old, OLD).unchanged == tuple(sorted(OLD))
        assert everything(old.parent) == before

    def test_a_generated_file_edited_by_hand_is_made_again(self, old: Path) -> None:
        (old / "flux/kustomization.yaml").write_bytes(b"kind: Kustomizatiom\n")
        assert write_tree(old, OLD).written == ("flux/kustomization.yaml",)
        assert generated(old) == OLD

    def test_a_generated_file_deleted_by_hand_is_made_again(self, old: Path) -> None:
        (old / "flux/kustomization.yaml").unlink()
        assert write_tree(old, OLD).written == ("flux/kustomization.yaml",)

    def test_a_file_deleted_by_hand_is_not_reported_as_removed(self, old: Path) -> None:
        (old / "apps/gone/gone-service.yaml").unlink()
        assert write_tree(old, NEW).removed == ("apps/whoami/whoami-deployment.yaml",)

    def test_clearing_what_a_killed_run_left_rewrites_nothing(self, old: Path) -> None:
        before = everything(old)
        (old.parent / ".dist.kubestrata-1/new/apps").mkdir(parents=True)
        assert write_tree(old, OLD).unchanged == tuple(sorted(OLD))
        assert everything(old) == before
        assert names(old.parent) == ["dist"]

    def test_a_file_becomes_a_folder_and_a_folder_a_file(self, outdir: Path) -> None:
        write_tree(outdir, {"a": b"1", "b/c": b"2"})
        write_tree(outdir, {"a/c": b"1", "b": b"2", "new/c": b"3"})
        assert generated(outdir) == {"a/c": b"1", "b": b"2", "new/c": b"3"}
        assert (outdir / "a").stat().st_mode == (outdir / "new").stat().st_mode

    def test_a_name_changes_only_in_case(self, outdir: Path) -> None:
        write_tree(outdir, {"Readme.md": b"1"})
        write_tree(outdir, {"README.md": b"1"})
        assert generated(outdir) == {"README.md": b"1"}

    def test_any_bytes_and_any_size_are_written(self, outdir: Path) -> None:
        files = {"empty": b"", "nul": b"\0\xff", "big": b"x" * 3_000_000}
        write_tree(outdir, files)
        assert generated(outdir) == files

    def test_nothing_is_left_beside_the_folder(self, old: Path) -> None:
        write_tree(old, NEW)
        assert names(old.parent) == ["dist"]

    @pytest.mark.parametrize("spelling", [".", "../dist", "apps/.."])
    def test_the_folder_may_be_the_current_one(
        self, old: Path, spelling: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(old)
        write_tree(Path(spelling), NEW)
        assert generated(old) == NEW

    def test_a_relative_folder_is_named_as_it_was_given(
        self, old: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(old.parent)
        write_tree(Path("dist"), NEW)
        assert generated(old) == NEW
        (old / "mine").touch()
        with pytest.raises(DistError, match=r"^dist/mine: "):
            write_tree(Path("dist"), {"mine": b"1"})


class TestForeign:
    def test_foreign_files_survive_with_bytes_inode_mode_and_time(self, old: Path) -> None:
        for path, mode in {"README.md": 0o640, "apps/gone/notes": 0o755, "own/x": 0o444}.items():
            file = old / path
            file.parent.mkdir(exist_ok=True)
            file.write_text(path)
            file.chmod(mode)
            os.utime(file, ns=(10**18, 10**18 + 7))
        before = {path: identity(old / path) for path in foreign_files(old)}
        write_tree(old, NEW)
        assert list(before) == ["README.md", "apps/gone/notes", "own/x"]
        assert {path: identity(old / path) for path in foreign_files(old)} == before
        assert (old / "apps/gone/notes").read_text() == "apps/gone/notes"

    def test_foreign_symlinks_are_kept_as_they_are(self, old: Path, tmp_path: Path) -> None:
        (tmp_path / "outside").mkdir()
        (tmp_path / "outside/x").write_text("x")
        targets = {"in": "apps", "out": "../outside", "dangling": "no/where", "apps/gone/up": ".."}
        for path, target in targets.items():
            (old / path).symlink_to(target)
        write_tree(old, NEW)
        assert {path: str((old / path).readlink()) for path in targets} == targets
        assert (tmp_path / "outside/x").read_text() == "x"

    def test_empty_foreign_folders_stay(self, old: Path) -> None:
        (old / "empty/er").mkdir(parents=True)
        (old / "apps/gone/empty").mkdir()
        write_tree(old, NEW)
        assert (old / "empty/er").is_dir()
        assert (old / "apps/gone/empty").is_dir()

    def test_folders_keep_their_mode(self, old: Path) -> None:
        (old / "own/deep").mkdir(parents=True)
        (old / "own/deep/x").touch()
        modes = {".": 0o750, "apps": 0o2775, "own": 0o555, "own/deep": 0o500}
        for path, mode in modes.items():
            (old / path).chmod(mode)
        write_tree(old, NEW)
        assert {path: stat.S_IMODE((old / path).stat().st_mode) for path in modes} == modes

    def test_names_that_are_not_unicode_survive(self, old: Path) -> None:
        file = old / os.fsdecode(b"\xff")
        file.touch()
        write_tree(old, NEW)
        assert file.exists()

    def test_a_pipe_survives(self, old: Path) -> None:
        os.mkfifo(old / "pipe")
        write_tree(old, NEW)
        assert stat.S_ISFIFO((old / "pipe").stat().st_mode)

    def test_a_foreign_file_of_the_same_bytes_is_adopted(self, outdir: Path) -> None:
        outdir.mkdir()
        (outdir / "x.yaml").write_bytes(b"x")
        before = identity(outdir / "x.yaml")
        report = write_tree(outdir, {"x.yaml": b"x"})
        assert report == WriteReport(written=(), removed=(), unchanged=("x.yaml",))
        assert identity(outdir / "x.yaml") == before
        assert write_tree(outdir, {}).removed == ("x.yaml",)

    def test_without_an_index_nothing_is_removed(self, old: Path) -> None:
        (old / ".kubestrata").unlink()
        write_tree(old, {"new": b"1"})
        assert generated(old) == {**OLD, "new": b"1"}
        assert foreign_files(old) == sorted(OLD)

    def test_a_file_made_while_synth_ran_is_kept(
        self, old: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (old / "edited").write_text("before")

        def meanwhile(new: str, folder: str, aside: str) -> str:
            (old / "apps/gone/late").write_text("late")
            (old / "draft").write_text("after")
            (old / "draft").rename(old / "edited")
            return directory_swap.put_in_place(new, folder, aside)

        monkeypatch.setattr(dist_writer, "put_in_place", meanwhile)
        write_tree(old, NEW)
        assert generated(old) == {**NEW, "apps/gone/late": b"late", "edited": b"after"}

    @pytest.mark.parametrize(
        ("foreign", "wanted"),
        [("a", "a"), ("a", "a/b"), ("a/b", "a"), ("a/b/c", "a")],
        ids=["the file", "above it", "in it", "deep in it"],
    )
    def test_a_foreign_file_in_the_way_is_an_error(
        self, old: Path, foreign: str, wanted: str
    ) -> None:
        (old / foreign).parent.mkdir(parents=True, exist_ok=True)
        (old / foreign).write_text("mine")
        message = refused(old, {**NEW, wanted: b"generated"})
        assert "is in the way of a generated file" in message
        assert "fix: move" in message

    def test_an_empty_foreign_folder_in_the_way_is_an_error(self, old: Path) -> None:
        (old / "a").mkdir()
        assert "it is a folder" in refused(old, {"a": b"1"})

    def test_a_folder_whose_generated_files_left_something_foreign_is_in_the_way(
        self, old: Path
    ) -> None:
        (old / "apps/gone/notes").write_text("mine")
        assert "is in the way" in refused(old, {"apps/gone": b"1"})


class TestSymlink:
    def test_the_output_folder_may_not_be_one(self, tmp_path: Path, old: Path) -> None:
        (tmp_path / "link").symlink_to(old)
        assert "it is a symlink" in refused(tmp_path / "link", NEW)

    def test_a_parent_of_the_output_folder_may_be_one(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to("real")
        write_tree(tmp_path / "link/dist", OLD)
        write_tree(tmp_path / "link/dist", NEW)
        assert generated(tmp_path / "real/dist") == NEW

    @pytest.mark.parametrize("target", ["../outside", "flux", "no/where"])
    @pytest.mark.parametrize("path", ["apps/new", "apps/whoami/kustomization.yaml", "apps/gone"])
    def test_none_may_be_on_the_way_to_a_written_or_removed_file(
        self, old: Path, tmp_path: Path, path: str, target: str
    ) -> None:
        (tmp_path / "outside").mkdir()
        (tmp_path / "outside/gone-service.yaml").write_text("not ours")
        if (old / path).is_dir():
            (old / path).rename(tmp_path / "moved")
        elif (old / path).exists():
            (old / path).unlink()
        depth = path.count("/")
        (old / path).symlink_to("../" * depth + target)
        message = refused(old, NEW)
        assert message.startswith(f"{old / path}: ")
        assert "fix: replace the link" in message

    def test_a_link_to_the_same_bytes_is_not_a_generated_file(self, old: Path) -> None:
        file = old / "flux/kustomization.yaml"
        file.rename(old / "flux/real")
        file.symlink_to("real")
        assert "it is a symlink" in refused(old, OLD)

    def test_the_index_may_not_be_one(self, old: Path, tmp_path: Path) -> None:
        (old / ".kubestrata").rename(tmp_path / "index")
        (old / ".kubestrata").symlink_to(tmp_path / "index")
        assert "it is a symlink" in refused(old, NEW)


class TestPath:
    @pytest.mark.parametrize(
        ("path", "why"),
        [
            ("/etc/x", "absolute"),
            ("..", "segment '..'"),
            ("a/../../x", "segment '..'"),
            ("./a", "segment '.'"),
            ("", "segment ''"),
            ("a//b", "segment ''"),
            ("a/", "segment ''"),
            ("a\\b", "backslash"),
            ("a\0b", "control character"),
            ("a\nb", "control character"),
            ("a\u2028b", "control character"),
            ("a/" + "ä" * 128, "255 bytes"),
            ("\ud800", "not valid Unicode"),
            (".kubestrata", "the name is used by the index"),
            (".Kubestrata", "on a case-insensitive file system"),
            (".kubestrata/x", "a file and a folder"),
        ],
    )
    def test_a_bad_one_is_refused(self, outdir: Path, path: str, why: str) -> None:
        assert why in refused(outdir, {"fine": b"", path: b""})

    @pytest.mark.parametrize("path", ["a/" + "ä" * 127 + "b", "...", "a b", "#x", "-", "ü/日本"])
    def test_an_unusual_one_is_written(self, outdir: Path, path: str) -> None:
        write_tree(outdir, {path: b"x"})
        assert read_tree(outdir) == {path: b"x"}
        assert write_tree(outdir, {}).removed == (path,)

    @pytest.mark.parametrize(
        ("one", "other"),
        [("a/x", "a/X"), ("a/x", "A/y"), ("straße", "STRASSE"), ("\u00e9", "e\u0301")],
    )
    def test_two_that_some_file_systems_take_for_one_are_refused(
        self, outdir: Path, one: str, other: str
    ) -> None:
        message = refused(outdir, {one: b"", other: b""})
        assert "on a case-insensitive file system" in message
        assert "fix: rename one of them" in message

    @pytest.mark.parametrize("deep", ["a/b", "a/b/c"])
    def test_one_that_is_a_file_and_a_folder_is_refused(self, outdir: Path, deep: str) -> None:
        assert "a file and a folder" in refused(outdir, {"a": b"", deep: b"", "a-": b""})


class TestIndex:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"# header",
            b"a\nb\n",
            b"# header\na\n\n",
            b"# header\r\na\r\n",
            b"# header\na",
            b"# header\n\xff\n",
            b"# header\n<<<<<<< ours\n../a\n=======\nb\n>>>>>>> theirs\n",
            b"# header\n.kubestrata\n",
        ],
    )
    def test_a_damaged_one_is_an_error(self, old: Path, content: bytes) -> None:
        (old / ".kubestrata").write_bytes(content)
        message = refused(old, NEW)
        assert message.startswith(f"{old / '.kubestrata'}: the index of generated files is damaged")
        assert "fix: restore the file from git" in message

    @pytest.mark.parametrize(
        "content",
        [
            b"# header\nold\ngone\nkept\n",
            b"# header\ngone\ngone\nold\n",
            b"# header\n<<<<<<< ours\ngone\n=======\nold\n>>>>>>> theirs\n",
            b"<<<<<<< ours\n# head\ngone\n||||||| 1a\nforeign\n=======\n# new\nold\n>>>>>>> b\n",
        ],
    )
    def test_one_that_git_merged_lists_both_sides(self, outdir: Path, content: bytes) -> None:
        outdir.mkdir()
        for name in ("gone", "old", "foreign"):
            (outdir / name).write_bytes(b"before")
        (outdir / ".kubestrata").write_bytes(content)
        report = write_tree(outdir, {"old": b"after"})
        assert (report.written, report.removed) == (("old",), ("gone",))
        assert names(outdir) == [".kubestrata", "foreign", "old"]

    @pytest.mark.parametrize("line", ["../victim", "/etc/victim", "a/../../victim"])
    def test_a_line_that_leaves_the_folder_is_refused(self, old: Path, line: str) -> None:
        (old.parent / "victim").touch()
        (old / ".kubestrata").write_text(f"# header\n{line}\n")
        assert "is damaged" in refused(old, NEW)

    def test_it_may_not_be_a_folder(self, outdir: Path) -> None:
        (outdir / ".kubestrata").mkdir(parents=True)
        assert "cannot be the index" in refused(outdir, NEW)

    def test_another_header_is_replaced(self, old: Path) -> None:
        index = old / ".kubestrata"
        wanted = index.read_bytes()
        index.write_bytes(b"# something else\n" + wanted.split(b"\n", 1)[1])
        assert write_tree(old, OLD).unchanged == tuple(sorted(OLD))
        assert index.read_bytes() == wanted

    def test_a_listed_folder_is_not_removed(self, old: Path) -> None:
        (old / "apps/gone/gone-service.yaml").unlink()
        (old / "apps/gone/gone-service.yaml").mkdir()
        write_tree(old, NEW)
        assert (old / "apps/gone/gone-service.yaml").is_dir()


class TestRead:
    def test_read_tree_gives_the_listed_files_that_are_there(self, old: Path) -> None:
        (old / "foreign").touch()
        (old / "apps/gone/gone-service.yaml").unlink()
        (old / "flux/kustomization.yaml").write_bytes(b"edited")
        expected = {**OLD, "flux/kustomization.yaml": b"edited"}
        del expected["apps/gone/gone-service.yaml"]
        assert read_tree(old) == expected
        assert foreign_files(old) == ["foreign"]

    def test_a_missing_folder_is_an_empty_tree(self, outdir: Path) -> None:
        assert read_tree(outdir) == {}
        assert foreign_files(outdir) == []

    def test_read_tree_follows_no_symlink(self, old: Path) -> None:
        (old / "flux").rename(old / "real")
        (old / "flux").symlink_to("real")
        with pytest.raises(DistError, match="it is a symlink"):
            read_tree(old)


class TestRefusal:
    def test_every_error_is_a_kubestrata_error(self) -> None:
        assert issubclass(DistError, KubestrataError)

    def test_the_folder_may_not_be_a_file(self, outdir: Path) -> None:
        outdir.write_text("x")
        message = refused(outdir, NEW)
        assert "it is a file" in message
        assert "fix: move the file away" in message

    def test_the_parent_must_be_there(self, tmp_path: Path) -> None:
        with pytest.raises(DistError, match=f"fix: mkdir -p {tmp_path / 'no'}"):
            write_tree(tmp_path / "no/dist", NEW)
        assert names(tmp_path) == []

    def test_the_parent_must_be_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        assert "is not a folder" in refused(tmp_path / "file/dist", NEW)

    def test_the_root_folder_is_refused(self) -> None:
        with pytest.raises(DistError, match=r"^/: .*: it is the root folder"):
            write_tree(Path("/"), NEW)

    @pytest.mark.parametrize(
        ("code", "says"),
        [
            (errno.ENOSPC, "the disk is full\n  fix: free some space"),
            (errno.EDQUOT, "the disk is full"),
            (errno.EROFS, "cannot be written: Read-only file system\n  fix: give this user"),
            (errno.EIO, "Input/output error"),
        ],
    )
    @pytest.mark.parametrize("call", ["write", "mkdir", "link", "rename"])
    def test_a_refusing_system_leaves_the_old_tree(
        self, old: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int, says: str
    ) -> None:
        monkeypatch.setattr(directory_swap, "_exchange", no_exchange)
        monkeypatch.setattr(os, call, failing(getattr(os, call), code, after=1))
        assert says in refused(old, {**OLD, **NEW})

    def test_a_rename_that_would_cross_a_mount_says_so(
        self, old: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(directory_swap, "_exchange", failing(os.rename, errno.EXDEV))
        message = refused(old, NEW)
        assert "cannot be replaced atomically" in message
        assert "fix: mount its parent" in message

    def test_a_second_synth_reports_the_first(self, old: Path) -> None:
        with staging.exclusive(str(old)):
            assert "another kubestrata process is writing it" in refused(old, NEW)
        write_tree(old, NEW)

    def test_a_folder_replaced_while_it_is_compared_is_compared_again(
        self, old: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def look_before_another_synth(outdir: str) -> DistFolder:
            monkeypatch.setattr(dist_writer, "look_at", look_at)
            before = look_at(outdir)
            write_tree(Path(outdir), {})
            return before

        monkeypatch.setattr(dist_writer, "look_at", look_before_another_synth)
        assert write_tree(old, OLD).written == tuple(sorted(OLD))
        assert generated(old) == OLD

    def test_a_lock_that_its_last_holder_took_away_is_not_a_lock(
        self, old: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lock, released = fcntl.flock, iter([True])

        def after_a_release(handle: int, operation: int) -> None:
            if next(released, False):
                (old.parent / ".dist.kubestrata-lock").unlink()
            lock(handle, operation)

        monkeypatch.setattr(fcntl, "flock", after_a_release)
        with staging.exclusive(str(old)):
            assert "another kubestrata process is writing it" in refused(old, NEW)


class OldLibrary:
    """A C library without a function for the exchange."""

    def __init__(self, name: None, *, use_errno: bool) -> None:
        self.syscall = C_LIBRARY(name, use_errno=use_errno).syscall


C_LIBRARY = ctypes.CDLL


class TestSystem:
    @pytest.mark.skipif(sys.platform != "linux", reason="asks Linux by the call's number")
    def test_an_old_c_library_exchanges_by_system_call(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "one/1").mkdir(parents=True)
        (tmp_path / "other/2").mkdir(parents=True)
        monkeypatch.setattr(ctypes, "CDLL", OldLibrary)
        assert directory_swap._exchange(str(tmp_path / "one"), str(tmp_path / "other"))  # pyright: ignore[reportPrivateUsage]
        assert (names(tmp_path / "one"), names(tmp_path / "other")) == (["2"], ["1"])

    @pytest.fixture(params=["two renames", "bare system call", "no hard links"])
    def lacking(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        """A system without the call."""
        if request.param == "two renames":
            monkeypatch.setattr(directory_swap, "_exchange", no_exchange)
        elif request.param == "no hard links":
            monkeypatch.setattr(os, "link", always(errno.EPERM))
        elif sys.platform == "linux":
            monkeypatch.setattr(ctypes, "CDLL", OldLibrary)
        else:
            pytest.skip("system calls have fixed numbers on Linux only")

    @pytest.mark.usefixtures("lacking")
    def test_a_lesser_system_gets_the_same_tree(self, old: Path) -> None:
        (old / "own").mkdir(mode=0o750)
        (old / "own/x").write_text("mine")
        (old / "own/link").symlink_to("x")
        os.utime(old / "own/x", ns=(10**18, 10**18))
        before = (old / "flux/kustomization.yaml").stat().st_mtime_ns
        write_tree(old, NEW)
        assert (old / "flux/kustomization.yaml").stat().st_mtime_ns == before
        assert (old / "own/x").stat().st_mtime_ns == 10**18
        (old / "own/link").unlink()
        assert generated(old) == {**NEW, "own/x": b"mine"}
        assert names(old.parent) == ["dist"]


def _is_tree(paths: set[str]) -> bool:
    return not any(path.startswith(f"{other}/") for path in paths for other in paths)


SEGMENT = st.sampled_from(["a", "b", "c"])
PATHS = st.sets(st.lists(SEGMENT, min_size=1, max_size=3).map("/".join), max_size=6)
TREES = PATHS.filter(_is_tree).flatmap(
    lambda paths: st.fixed_dictionaries(
        {path: st.sampled_from([b"", b"1", b"2"]) for path in sorted(paths)}
    )
)


@settings(deadline=None, max_examples=150)
@given(before=TREES, after=TREES, foreign=TREES)
def test_the_result_is_the_new_tree_and_the_foreign_files(
    before: dict[str, bytes], after: dict[str, bytes], foreign: dict[str, bytes]
) -> None:
    foreign = {path: foreign[path] for path in foreign if _is_tree({path, *before})}
    foreign = {path: content for path, content in foreign.items() if path not in before}
    collides = any(
        not _is_tree({path, wanted}) or (path == wanted and foreign[path] != after[wanted])
        for path in foreign
        for wanted in after
    )
    with tempfile.TemporaryDirectory() as parent:
        outdir = Path(parent, "dist")
        write_tree(outdir, before)
        for path, content in foreign.items():
            (outdir / path).parent.mkdir(parents=True, exist_ok=True)
            (outdir / path).write_bytes(content)
        if collides:
            refused(outdir, after)
            return
        report = write_tree(outdir, after)
        assert generated(outdir) == {**foreign, **after}
        assert foreign_files(outdir) == sorted(foreign.keys() - after.keys())
        assert read_tree(outdir) == after
        assert sorted(report.written + report.unchanged) == sorted(after)
        assert set(report.removed) == before.keys() - after.keys()
