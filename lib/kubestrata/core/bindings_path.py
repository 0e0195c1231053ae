"""Folders of generated kinds: a project's own before those installed with kubestrata.

`kubeapis` sets its `__path__` to them, so a project's `imports/` needs no PYTHONPATH.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

PACKAGE = "kubeapis"
IMPORTS = "imports"
CONFIG = "cdk8s.yaml"


def project_folder() -> str | None:
    """Return the folder of the project that runs, None if there is none.

    It is the nearest with a cdk8s.yaml at or above the program that runs, else at or above the
    working folder, else the first on `sys.path`. Programs of the environment (pytest, kubestrata)
    belong to no project.
    """
    places = [*_above(_program_folder()), *_above(os.getcwd()), *sys.path]
    return next((each for each in places if _is_file(each, CONFIG)), None)


def merged_path(path: Iterable[str]) -> list[str]:
    """Return the `__path__` of `kubeapis`: every folder of that name, the project's first.

    A project that is on `sys.path` keeps the position it has there.
    """
    places = [os.path.join(each, PACKAGE) for each in sys.path]
    found = _without_repeats([*path, *(each for each in places if _is_file(each, "__init__.py"))])
    project = project_folder()
    if project is not None and _is_file(project, IMPORTS, PACKAGE, "__init__.py"):
        own = os.path.join(project, IMPORTS, PACKAGE)
        if os.path.realpath(own) not in map(os.path.realpath, found):
            found.insert(0, own)
    return found


def binding_folders() -> list[Path]:
    """Return the folders that `kubeapis` is imported from, first match first; may be empty."""
    try:
        return [Path(each) for each in import_module(PACKAGE).__path__]
    except ModuleNotFoundError:
        return []


def merged_subpath(path: Iterable[str], package: str) -> list[str]:
    """Return the `__path__` of a package of `kubeapis` that every folder may add modules to."""
    name = package.rpartition(".")[2]
    others = (str(folder / name) for folder in binding_folders() if (folder / name).is_dir())
    return _without_repeats([*path, *others])


def replaced_folder(package: str) -> Path | None:
    """Return the folder of a package that the first folder with this package hides, if any."""
    name = package.rpartition(".")[2]
    found = [folder / name for folder in binding_folders() if (folder / name).is_dir()]
    return found[1] if len(found) > 1 else None


def modules_beside(imports_dir: Path) -> dict[str, list[str]]:
    """Return the packages of `kubeapis` installed beside the tree in `imports_dir`.

    Each has the public modules that are files of it.
    """
    own = (imports_dir / PACKAGE).resolve()
    found: dict[str, set[str]] = {}
    for folder in binding_folders():
        for path in folder.glob("*/__init__.py") if folder.resolve() != own else ():
            modules = {each.stem for each in path.parent.glob("[!_]*.py")}
            found.setdefault(path.parent.name, set()).update(modules)
    return {name: sorted(modules) for name, modules in sorted(found.items())}


def _program_folder() -> str | None:
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    if not isinstance(file, str):
        return None
    path = os.path.realpath(file)
    environments = {os.path.realpath(each) + os.sep for each in (sys.prefix, sys.base_prefix)}
    return None if path.startswith(tuple(environments)) else os.path.dirname(path)


def _above(folder: str | None) -> Iterator[str]:
    while folder:
        yield folder
        parent = os.path.dirname(folder)
        folder = parent if parent != folder else None


def _is_file(*parts: str) -> bool:
    return os.path.isfile(os.path.join(*parts))


def _without_repeats(folders: Iterable[str]) -> list[str]:
    known = {os.path.realpath(each): each for each in reversed(list(folders))}
    return list(reversed(known.values()))
