"""Merges in git: synth repairs the trees that they leave."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from kubestrata.core.yaml_text import dump
from kubestrata.synth.dist_writer import write_tree
from tests.synth.foreign import foreign_files

COMPONENTS = ("api", "db", "web")
FOREIGN = "c1/NOTES.md"


def tree(*components: str, image: Mapping[str, str] | None = None) -> dict[str, bytes]:
    """A tree as delivery makes it: a folder for each component, and the lists of them."""
    files: dict[str, bytes] = {}
    for name in components:
        for kind in ("ConfigMap", "Deployment"):
            metadata = {"name": name, "namespace": name}
            lines = [f"line {number} of a long text" for number in range(20)]
            data = {"image": (image or {}).get(name, "1"), "text": "\n".join(lines)}
            manifest = {"apiVersion": "v1", "kind": kind, "metadata": metadata, "data": data}
            files[f"c1/apps/{name}/app-{kind.lower()}.yaml"] = dump(manifest).encode()
        resources = ["app-configmap.yaml", "app-deployment.yaml"]
        files[f"c1/apps/{name}/kustomization.yaml"] = dump({"resources": resources}).encode()
    entries = [f"{name}-kustomization.yaml" for name in sorted(components)]
    files["c1/flux/kustomization.yaml"] = dump({"resources": entries}).encode()
    return files


class Repository:
    """A repository whose dist/ two branches change."""

    def __init__(self, root: Path, attributes: str = "") -> None:
        self.root, self.dist = root, root / "dist"
        self.git("init", "--quiet", "--initial-branch=main")
        (root / ".gitattributes").write_text(attributes)
        self.commit(tree(*COMPONENTS))
        (self.dist / FOREIGN).write_text("by hand\n")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=notes")

    def git(self, *arguments: str, fails: bool = False) -> str:
        names = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com"}
        names |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com"}
        nothing = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env={**os.environ, **names, **nothing},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode != 0) == fails, (done.stdout, done.stderr)
        return done.stdout

    def commit(self, files: Mapping[str, bytes]) -> None:
        write_tree(self.dist, files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=synth")

    def merge(
        self, ours: Mapping[str, bytes], theirs: Mapping[str, bytes], *, conflicts: bool
    ) -> str:
        """Commit a tree on each of two branches, and merge them."""
        self.git("switch", "--quiet", "--create=theirs")
        self.commit(theirs)
        self.git("switch", "--quiet", "main")
        self.commit(ours)
        return self.git("merge", "--no-edit", "theirs", fails=conflicts)

    def repaired(self, files: Mapping[str, bytes]) -> None:
        """Assert that one synth makes the tree right and keeps what it did not write."""
        write_tree(self.dist, files)
        assert foreign_files(self.dist) == [FOREIGN]
        found = {
            path.relative_to(self.dist).as_posix(): path.read_bytes()
            for path in self.dist.rglob("*")
            if path.is_file() and path.name != ".kubestrata"
        }
        assert found == {**files, FOREIGN: b"by hand\n"}
        again = write_tree(self.dist, files)
        assert (again.written, again.removed) == ((), ())


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


ATTRIBUTES = "dist/.kubestrata merge=union\ndist/**/kustomization.yaml merge=union\n"


def test_two_components_side_by_side_merge_without_a_conflict(tmp_path: Path) -> None:
    repository = Repository(tmp_path, ATTRIBUTES)
    ours, theirs = tree(*COMPONENTS, "search"), tree(*COMPONENTS, "queue")
    repository.merge(ours, theirs, conflicts=False)
    repository.repaired(tree(*COMPONENTS, "search", "queue"))


def test_conflicts_in_lists_and_index_are_repaired(repository: Repository) -> None:
    ours, theirs = tree(*COMPONENTS, "search"), tree(*COMPONENTS, "queue")
    repository.merge(ours, theirs, conflicts=True)
    assert b"<<<<<<<" in (repository.dist / ".kubestrata").read_bytes()
    repository.repaired(tree(*COMPONENTS, "search", "queue"))


@pytest.mark.parametrize("attributes", ["", ATTRIBUTES])
def test_the_same_component_twice(tmp_path: Path, attributes: str) -> None:
    repository = Repository(tmp_path, attributes)
    ours = tree(*COMPONENTS, "search", image={"search": "2"})
    theirs = tree(*COMPONENTS, "search", image={"search": "3"})
    repository.merge(ours, theirs, conflicts=True)
    repository.repaired(tree(*COMPONENTS, "search", image={"search": "3"}))


@pytest.mark.parametrize("attributes", ["", ATTRIBUTES])
@pytest.mark.parametrize("result", [("api", "db"), COMPONENTS])
def test_a_component_removed_here_and_changed_there(
    tmp_path: Path, attributes: str, result: tuple[str, ...]
) -> None:
    repository = Repository(tmp_path, attributes)
    changed = tree(*COMPONENTS, image={"web": "2"})
    repository.merge(tree("api", "db"), changed, conflicts=True)
    left = repository.dist / "c1/apps/web/app-deployment.yaml"
    assert left.exists()
    repository.repaired(tree(*result, image={"web": "2"}))


@pytest.mark.parametrize("result", ["site", "web"])
def test_a_component_renamed_here_and_given_a_file_there(
    repository: Repository, result: str
) -> None:
    more = dict(tree(*COMPONENTS))
    more["c1/apps/web/app-service.yaml"] = b"kind: Service\n"
    repository.merge(tree("api", "db", "site"), more, conflicts=True)
    wanted = tree("api", "db", result)
    wanted[f"c1/apps/{result}/app-service.yaml"] = b"kind: Service\nname: new\n"
    repository.repaired(wanted)


def test_a_component_renamed_twice(repository: Repository) -> None:
    repository.merge(tree("api", "db", "site"), tree("api", "db", "shop"), conflicts=True)
    repository.repaired(tree("api", "db", "shop"))


def test_a_rebase_is_repaired_too(repository: Repository) -> None:
    repository.git("switch", "--quiet", "--create=theirs")
    repository.commit(tree(*COMPONENTS, image={"web": "2"}))
    repository.git("switch", "--quiet", "main")
    repository.commit(tree("api", "db"))
    repository.git("switch", "--quiet", "theirs")
    repository.git("rebase", "main", fails=True)
    repository.repaired(tree("api", "db"))


def test_a_conflict_in_a_foreign_file_stays(repository: Repository) -> None:
    notes = repository.dist / FOREIGN
    repository.git("switch", "--quiet", "--create=theirs")
    notes.write_text("theirs\n")
    repository.commit(tree("db", "web"))
    repository.git("switch", "--quiet", "main")
    notes.write_text("ours\n")
    repository.commit(tree(*COMPONENTS, "queue"))
    repository.git("merge", "theirs", fails=True)
    conflict = notes.read_bytes()
    assert b"<<<<<<<" in conflict
    write_tree(repository.dist, tree("db", "queue", "web"))
    assert notes.read_bytes() == conflict


def test_without_an_open_merge_git_is_not_run(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(subprocess, "run", fail)
    write_tree(repository.dist, tree("api"))


def test_without_git_the_index_alone_counts(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.merge(tree("api", "db"), tree(*COMPONENTS, image={"web": "2"}), conflicts=True)
    monkeypatch.setenv("PATH", "")
    write_tree(repository.dist, tree("api", "db"))
    assert "c1/apps/web/app-deployment.yaml" in foreign_files(repository.dist)
