"""Names of a package whose modules are loaded when a name is first used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TypeAlias

_Exports: TypeAlias = tuple[Callable[[str], object], Callable[[], list[str]]]


def load_when_used(package: str, modules: Mapping[str, str]) -> _Exports:
    """Return `__getattr__` and `__dir__` of a package.

    `modules` has the modules below the package, each with the names that it exports. The package
    imports the same names where type checkers read it.
    """
    homes = {name: module for module, names in modules.items() for name in names.split()}

    def find(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found: object = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, found)
        return found

    return find, lambda: sorted(homes)
