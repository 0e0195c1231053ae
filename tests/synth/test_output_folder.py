"""A folder that holds the project cannot be the output folder; nothing moves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kubestrata.core.errors import DistError
from kubestrata.synth import dist_writer
from kubestrata.synth.dist_writer import read_tree, write_tree

TREE = {"a": b"1"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "repository/platform"
    root.mkdir(parents=True)
    (root / "cdk8s.yaml").write_text("app: python main.py\n")
    (root.parent / ".git").mkdir()
    (tmp_path / "link").symlink_to(root)
    monkeypatch.chdir(root)
    return root


def inodes(folder: Path) -> dict[str, int]:
    return {str(path): path.lstat().st_ino for path in sorted(folder.rglob("*"))}


@pytest.mark.parametrize(
    "output",
    [
        *(".", "./", "..", "../..", "dist/..", "dist/../../platform", "../../link/."),
        *("../../link/../platform", "../../link/.."),
    ],
)
def test_the_project_and_what_contains_it_are_refused(
    project: Path, tmp_path: Path, output: str
) -> None:
    (project / "dist").mkdir()
    before = inodes(tmp_path)
    for given in (output, os.path.join(os.getcwd(), output)):
        with pytest.raises(DistError, match="cannot be the output folder") as caught:
            write_tree(Path(given), TREE)
        assert caught.value.fix == "name a folder such as dist"
    assert inodes(tmp_path) == before


@pytest.mark.usefixtures("project")
def test_the_root_folder_is_refused_in_every_spelling() -> None:
    for given in ("/", "//", "/.", "/..", "/tmp/.."):
        with pytest.raises(DistError):
            write_tree(Path(given), TREE)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("given", ["/", "//", ".", ".."])
def test_a_folder_that_cannot_be_written_is_not_read_either(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setattr(dist_writer, "look_at", lambda root: pytest.fail(f"reads {root}"))
    with pytest.raises(DistError, match="cannot be the output folder"):
        read_tree(Path(given))


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("mark", ["cdk8s.yaml", ".git/"])
def test_another_project_and_another_repository_are_refused(tmp_path: Path, mark: str) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / mark).mkdir() if mark.endswith("/") else (other / mark).write_text("")
    with pytest.raises(DistError, match="cannot be the output folder"):
        write_tree(other, TREE)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("output", ["dist", "./dist", "../out", "../../link/dist"])
def test_a_folder_of_its_own_is_written(output: str) -> None:
    write_tree(Path(output), TREE)
    assert read_tree(Path(output)) == TREE


def test_a_submodule_may_be_the_output_folder(project: Path) -> None:
    (project / "dist").mkdir()
    (project / "dist/.git").write_text("gitdir: ../.git/modules/dist\n")
    write_tree(Path("dist"), TREE)
    assert (project / "dist/.git").exists()


def test_the_output_folder_may_be_the_current_one(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(project / "dist", TREE)
    monkeypatch.chdir(project / "dist")
    write_tree(Path(), {"b": b"2"})
    assert read_tree(project / "dist") == {"b": b"2"}
