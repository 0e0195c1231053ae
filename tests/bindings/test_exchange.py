"""An import that is killed at any step: the old tree or the new one, and nothing beside it."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
from itertools import count
from pathlib import Path

import pytest

from kubestrata.bindings import check_untouched
from kubestrata.core.errors import DistError, ImportSourceError
from tests.bindings.project import Project, crd

STEPS = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod")
"""Events of the interpreter's audit that change, or begin to change, a file."""


LOST = 99
"""The exit code of an import that found no tree at one of its steps."""


def killed_at(step: int, project: Project, number: signal.Signals) -> int:
    """Import in a child that gets a signal before its step number `step`; return its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    folder, left, code = str(project.imports), [step], 1

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in STEPS and str(arguments[0]).startswith(folder):
            if not project.tree.is_dir():
                os._exit(LOST)
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), number)

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.addaudithook(hook)
    try:
        project.generate()
        code = 0
    finally:
        os._exit(code)


def content(project: Project) -> dict[str, bytes]:
    files = (path for path in project.tree.rglob("*") if path.is_file())
    return {str(path.relative_to(project.tree)): path.read_bytes() for path in files}


def beside(project: Project) -> list[str]:
    return sorted(path.name for path in project.imports.iterdir())


def trees(project: Project) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The new tree and the old one; the old one is on disk, the new one is what sources give."""
    project.write("a.yaml", crd(kind="Gadget"), package="acme")
    project.generate()
    new = content(project)
    project.write("a.yaml", crd(kind="Widget"), crd(kind="Part"), package="acme")
    project.generate()
    old = content(project)
    project.write("a.yaml", crd(kind="Gadget"), package="acme")
    return new, old


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda each: each.name)
def test_a_killed_import_leaves_one_of_both_trees_and_the_next_one_clears_up(
    project: Project, number: signal.Signals
) -> None:
    new, old = trees(project)
    expected = {signal.SIGKILL: -signal.SIGKILL, signal.SIGTERM: 1}[number]
    seen: list[dict[str, bytes]] = []
    for step in count(1):
        code = killed_at(step, project, number)
        assert code in (expected, 0), f"step {step}"
        found = content(project)
        assert found in (new, old), f"step {step}"
        if number is signal.SIGTERM:
            assert_settled(project, step)
        if code == 0:
            break
        seen.append(found)
        project.generate()
        assert content(project) == new
        assert_settled(project, step)
        project.write("a.yaml", crd(kind="Widget"), crd(kind="Part"), package="acme")
        project.generate()
        project.write("a.yaml", crd(kind="Gadget"), package="acme")
    assert len(seen) > 20
    assert old in seen
    assert new in seen


def assert_settled(project: Project, step: int) -> None:
    """The tree is as its lock says, and nothing is beside them."""
    assert beside(project) == ["kubeapis", "kubeapis.lock"], f"step {step}"
    assert check_untouched(project.imports) == [], f"step {step}"


def test_what_a_killed_import_left_is_cleared_where_nothing_has_changed(project: Project) -> None:
    project.write("a.yaml", crd(), package="acme")
    project.generate()
    left = project.imports / ".kubeapis.kubestrata-99999999" / "new"
    left.mkdir(parents=True)
    (left / "half.py").write_text("", encoding="utf-8")
    (project.imports / ".kubeapis.lock.new").write_text("{", encoding="utf-8")
    project.generate()
    assert beside(project) == ["kubeapis", "kubeapis.lock"]


def test_a_tree_whose_lock_was_not_replaced_yet_is_still_an_import_s(project: Project) -> None:
    project.write("a.yaml", crd(kind="Widget"), package="acme")
    project.generate()
    lock = project.imports / "kubeapis.lock"
    before = lock.read_bytes()
    project.write("a.yaml", crd(kind="Gadget"), package="acme")
    project.generate()
    lock.rename(project.imports / ".kubeapis.lock.new")
    lock.write_bytes(before)  # as if killed between the exchange and the lock
    assert project.generate().kinds == ("acme.v1.Gadget",)
    assert check_untouched(project.imports) == []
    assert beside(project) == ["kubeapis", "kubeapis.lock"]


def test_two_imports_do_not_write_one_tree(project: Project) -> None:
    project.write("a.yaml", crd(), package="acme")
    project.generate()
    guard = project.imports / ".kubeapis.kubestrata-lock"
    handle = os.open(guard, os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        project.write("a.yaml", crd(kind="Other"), package="acme")
        with pytest.raises(DistError, match="another kubestrata process is writing it"):
            project.generate()
    finally:
        os.close(handle)
    assert project.generate().kinds == ("acme.v1.Other",)


def test_a_foreign_file_stops_the_exchange_and_is_kept(project: Project) -> None:
    project.write("a.yaml", crd(), package="acme")
    project.generate()
    before = content(project)
    foreign = project.tree / "notes.txt"
    foreign.write_text("mine", encoding="utf-8")
    project.write("a.yaml", crd(kind="Other"), package="acme")
    with pytest.raises(ImportSourceError, match=r"notes\.txt: is in the way"):
        project.generate()
    assert content(project) == before | {"notes.txt": b"mine"}
    assert beside(project) == ["kubeapis", "kubeapis.lock"]


def test_a_file_that_cannot_be_written_leaves_the_old_tree(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("a.yaml", crd(), package="acme")
    project.generate()
    before = content(project)
    project.write("a.yaml", crd(kind="Other"), package="acme")

    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device", str(path), data and None)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        project.generate()
    assert content(project) == before
    assert beside(project) == ["kubeapis", "kubeapis.lock"]
