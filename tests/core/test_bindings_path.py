"""Lookup of `kubeapis`: the folders of its path, with the project's first."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from kubestrata.core.bindings_path import (
    binding_folders,
    merged_path,
    modules_beside,
    project_folder,
)

[SHIPPED] = binding_folders()
"""Location of this repository's own bindings, found before a test changes it."""


def project(folder: Path, *packages: str) -> Path:
    """A project with bindings; its `kubeapis`."""
    tree = folder / "imports" / "kubeapis"
    for each in (tree, *(tree / package for package in packages)):
        each.mkdir(parents=True, exist_ok=True)
        (each / "__init__.py").touch()
    (folder / "cdk8s.yaml").touch()
    return tree


def installed(folder: Path) -> Path:
    """A folder on `sys.path` with `kubeapis` in it; returns the package."""
    tree = folder / "kubeapis"
    tree.mkdir(parents=True)
    (tree / "__init__.py").touch()
    return tree


@pytest.fixture(autouse=True)
def nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No project but those of a test: an empty working folder, path and program."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    monkeypatch.setattr(sys, "path", [])
    run_by(monkeypatch, None)


def run_by(monkeypatch: pytest.MonkeyPatch, file: Path | None) -> None:
    """Let `file` be the program that runs."""
    program = ModuleType("__main__")
    program.__file__ = None if file is None else str(file)
    monkeypatch.setitem(sys.modules, "__main__", program)


def test_without_a_project_the_path_is_that_of_the_package(tmp_path: Path) -> None:
    own = str(installed(tmp_path / "site"))
    assert merged_path([own]) == [own]
    assert project_folder() is None


@pytest.mark.parametrize("place", ["", "scripts", "a/b/c"])
def test_the_project_of_the_program_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    shipped, tree = str(installed(tmp_path / "site")), project(tmp_path / "shop")
    run_by(monkeypatch, tmp_path / "shop" / place / "main.py")
    assert merged_path([shipped]) == [str(tree), shipped]


@pytest.mark.parametrize("place", ["", "tests/unit"])
def test_the_project_of_the_working_folder_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    shipped, tree = str(installed(tmp_path / "site")), project(tmp_path / "shop")
    (tmp_path / "shop" / place).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(tmp_path / "shop" / place)
    assert merged_path([shipped]) == [str(tree), shipped]


def test_the_program_decides_before_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(tmp_path / "mail")
    project(tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "mail")
    run_by(monkeypatch, tmp_path / "shop" / "main.py")
    assert project_folder() == str(tmp_path / "shop")


def test_a_program_of_an_environment_inside_a_project_decides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(tmp_path / "mail")
    project(tmp_path / "shop")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "mail" / ".venv"))
    run_by(monkeypatch, tmp_path / "mail" / ".venv" / "bin" / "pytest")
    monkeypatch.chdir(tmp_path / "shop")
    assert project_folder() == str(tmp_path / "shop")


def test_a_folder_on_the_path_is_searched_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(tmp_path / "mail")
    project(tmp_path / "shop")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "empty"), str(tmp_path / "shop")])
    assert project_folder() == str(tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "mail")
    assert project_folder() == str(tmp_path / "mail")


def test_a_project_without_bindings_adds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = str(installed(tmp_path / "site"))
    (tmp_path / "empty" / "cdk8s.yaml").touch()
    assert merged_path([shipped]) == [shipped]
    (tmp_path / "empty" / "imports").mkdir()
    assert merged_path([shipped]) == [shipped]
    assert project_folder() == str(tmp_path / "empty")
    run_by(monkeypatch, tmp_path / "empty" / "main.py")
    assert merged_path([shipped]) == [shipped]


def test_a_tree_on_the_path_keeps_its_position_and_is_listed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped, tree = installed(tmp_path / "site"), project(tmp_path / "shop")
    (tmp_path / "link").symlink_to(tmp_path / "shop")
    linked = tmp_path / "link" / "imports"
    monkeypatch.setattr(sys, "path", [str(linked), str(shipped.parent)])
    monkeypatch.chdir(tmp_path / "shop")
    assert merged_path([str(linked / "kubeapis")]) == [str(linked / "kubeapis"), str(shipped)]
    assert tree.resolve() == (linked / "kubeapis").resolve()


def test_the_packages_beside_a_tree_are_those_of_the_other_folders(tmp_path: Path) -> None:
    beside = modules_beside(tmp_path / "imports")
    assert {"cilium", "k8s", "helm"} <= set(beside)
    assert "cert_manager" in beside["helm"]
    assert not any(name.startswith("_") for names in beside.values() for name in names)
    assert modules_beside(SHIPPED.parent) == {}
