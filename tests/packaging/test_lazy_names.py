"""Packages whose names are loaded when they are used: type checkers see what programs get."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

from tests.conftest import ROOT

LIBRARY = ROOT / "lib"
LAZY = sorted(
    path
    for path in LIBRARY.rglob("__init__.py")
    if "load_when_used" in path.read_text(encoding="utf-8")
)


def package_of(path: Path) -> str:
    return ".".join(path.parent.relative_to(LIBRARY).parts)


def checked_names(path: Path, package: str) -> dict[str, str]:
    """Return the names that type checkers see, each with its module below the package."""
    (block,) = (
        each
        for each in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(each, ast.If)
    )
    imports = [each for each in block.body if isinstance(each, ast.ImportFrom)]
    assert len(imports) == len(block.body)
    return {
        name.name: str(each.module).removeprefix(f"{package}.")
        for each in imports
        for name in each.names
    }


def loaded_names(path: Path) -> dict[str, str]:
    """Return the names that are loaded when they are used, each with its module."""
    call = ast.parse(path.read_text(encoding="utf-8")).body[-1]
    assert isinstance(call, ast.Assign)
    assert isinstance(call.value, ast.Call)
    modules = ast.literal_eval(call.value.args[1])
    return {name: module for module, names in modules.items() for name in names.split()}


def test_there_are_such_packages() -> None:
    assert {"kubestrata", "kubestrata.constructs", "kubestrata.schema"} <= set(
        map(package_of, LAZY)
    )


@pytest.mark.parametrize("path", LAZY, ids=package_of)
def test_type_checkers_see_the_names_that_are_loaded(path: Path) -> None:
    assert checked_names(path, package_of(path)) == loaded_names(path)


@pytest.mark.parametrize("path", LAZY, ids=package_of)
def test_every_exported_name_can_be_loaded(path: Path) -> None:
    package = import_module(package_of(path))
    assert set(loaded_names(path)) <= set(package.__all__)
    for name in package.__all__:
        assert getattr(package, name) is not None


@pytest.mark.parametrize("path", LAZY, ids=package_of)
def test_another_name_is_refused_as_by_any_module(path: Path) -> None:
    package = import_module(package_of(path))
    with pytest.raises(
        AttributeError, match=f"module '{package.__name__}' has no attribute 'absent'"
    ):
        package.absent  # noqa: B018  # reading it is the test


@pytest.mark.parametrize("path", LAZY, ids=package_of)
def test_no_name_is_that_of_a_module_which_python_sets_when_it_is_imported(path: Path) -> None:
    modules = {each.stem for each in path.parent.iterdir()}
    assert not modules & loaded_names(path).keys()
