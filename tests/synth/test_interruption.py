"""A signal during a write: true before the exchange, true after it, nothing left behind."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kubestrata.core.errors import DistError
from kubestrata.core.interruption import held, require_none
from kubestrata.synth import dist_writer, staged_tree
from kubestrata.synth.dist_writer import read_tree, write_tree
from tests.synth.foreign import foreign_files

OLD = {"a": b"1", "b/c": b"2"}
NEW = {"a": b"3", "d": b"4"}


class GoneError(Exception):
    """The exception that the handlers of these tests raise."""


@pytest.fixture(params=["SIGINT", "SIGTERM", "SIGHUP"])
def number(request: pytest.FixtureRequest) -> Iterator[int]:
    """A signal whose handler raises."""

    def gone(_number: int, _frame: object) -> None:
        raise GoneError

    found = getattr(signal, request.param)
    before = signal.signal(found, gone)
    yield int(found)
    signal.signal(found, before)


def during(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, act: Callable[[], None]
) -> None:
    """Do something just before a step of the write."""
    step = getattr(module, name)

    def stepped(*arguments: object) -> object:
        act()
        return step(*arguments)

    monkeypatch.setattr(module, name, stepped)


def beside(outdir: Path) -> list[str]:
    return sorted(path.name for path in outdir.parent.iterdir() if path != outdir)


def test_a_signal_before_the_exchange_changes_nothing(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    outdir = tmp_path / "dist"
    write_tree(outdir, OLD)
    during(monkeypatch, staged_tree, "_write", lambda: os.kill(os.getpid(), number))
    with pytest.raises(GoneError):
        write_tree(outdir, NEW)
    assert (read_tree(outdir), beside(outdir)) == (OLD, [])


@pytest.mark.parametrize("step", ["put_in_place", "retire"])
def test_a_signal_during_the_exchange_waits_for_its_end(
    tmp_path: Path, number: int, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outdir = tmp_path / "dist"
    write_tree(outdir, OLD)
    (outdir / "mine").write_text("kept")
    during(monkeypatch, dist_writer, step, lambda: os.kill(os.getpid(), number))
    with pytest.raises(GoneError):
        write_tree(outdir, NEW)
    assert (read_tree(outdir), beside(outdir)) == (NEW, [])
    assert foreign_files(outdir) == ["mine"]


def test_a_signal_is_delivered_at_the_end_of_the_outermost_block(number: int) -> None:
    steps: list[str] = []
    with pytest.raises(GoneError), held():  # noqa: PT012  # what comes before it is the claim
        with held():
            os.kill(os.getpid(), number)
            steps.append("inner")
        steps.append("outer")
    assert steps == ["inner", "outer"]


def test_a_step_may_end_where_it_asks(number: int) -> None:
    with pytest.raises(GoneError), held():  # noqa: PT012  # what comes before it is the claim
        require_none()
        os.kill(os.getpid(), number)
        with pytest.raises(KeyboardInterrupt):
            require_none()


def test_an_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with held():
            os.kill(os.getpid(), signal.SIGHUP)
            require_none()
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_thread_writes_without_handlers(tmp_path: Path) -> None:
    thread = threading.Thread(target=write_tree, args=(tmp_path / "dist", OLD))
    thread.start()
    thread.join()
    assert read_tree(tmp_path / "dist") == OLD


class TestLateFiles:
    """Files that a user saves in the folder while the tree is staged."""

    @pytest.fixture
    def outdir(self, tmp_path: Path) -> Path:
        outdir = tmp_path / "dist"
        write_tree(outdir, OLD)
        (outdir / "edited").write_text("before")
        return outdir

    def save(self, outdir: Path) -> None:
        (outdir / "late").write_text("late")
        (outdir / "b/late").write_text("late")
        (outdir / "empty").mkdir()
        (outdir / "draft").write_text("after")
        (outdir / "draft").rename(outdir / "edited")

    @pytest.mark.parametrize("links", [True, False], ids=["links", "copies"])
    @pytest.mark.parametrize("step", ["stage_late_files", "put_in_place"])
    def test_they_are_in_the_new_tree(
        self, outdir: Path, step: str, monkeypatch: pytest.MonkeyPatch, *, links: bool
    ) -> None:
        if not links:

            def refuse(*_: object, **__: object) -> None:
                raise PermissionError(1, "no links")

            monkeypatch.setattr(os, "link", refuse)
        during(monkeypatch, dist_writer, step, lambda: self.save(outdir))
        write_tree(outdir, NEW)
        assert foreign_files(outdir) == ["b/late", "edited", "late"]
        assert (outdir / "edited").read_text() == "after"
        assert (read_tree(outdir), beside(outdir)) == (NEW, [])

    def test_an_edit_in_place_survives(self, outdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with (outdir / "edited").open("a") as opened:
            during(monkeypatch, dist_writer, "retire", lambda: print("more", file=opened))
            write_tree(outdir, NEW)
        assert (outdir / "edited").read_text() == "beforemore\n"

    def test_one_that_is_saved_in_the_old_tree_afterwards_is_moved(
        self, outdir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = os.open(outdir / "b", os.O_RDONLY)

        def save() -> None:
            handle = os.open("late", os.O_WRONLY | os.O_CREAT, dir_fd=folder)
            os.write(handle, b"late")
            os.close(handle)

        during(monkeypatch, staged_tree, "_removed", save)
        write_tree(outdir, NEW)
        os.close(folder)
        assert (outdir / "b/late").read_text() == "late"
        assert beside(outdir) == []

    def test_one_in_the_way_before_the_exchange_stops_it(
        self, outdir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def save() -> None:
            (outdir / "d").write_text("mine")

        during(monkeypatch, dist_writer, "stage_late_files", save)
        with pytest.raises(DistError, match="in the way of a generated file"):
            write_tree(outdir, NEW)
        assert (outdir / "d").read_text() == "mine"
        assert (read_tree(outdir), beside(outdir)) == (OLD, [])

    def test_one_in_the_way_during_the_exchange_is_kept_beside(
        self, outdir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def save() -> None:
            (outdir / "d").write_text("mine")

        during(monkeypatch, dist_writer, "put_in_place", save)
        write_tree(outdir, NEW)
        assert (outdir / "d.saved").read_text() == "mine"
        assert read_tree(outdir) == NEW
