"""Hooks that run right after a package is imported from anywhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_Action = Callable[[], None]


def after_import(package: str, action: _Action) -> None:
    """Run `action` once `package` is imported: now if it is already."""
    module = sys.modules.get(package)
    spec = getattr(module, "__spec__", None)
    if module is not None and not getattr(spec, "_initializing", False):
        action()
        return
    _finder.actions[package] = action
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)


class _Finder:
    """A finder that adds the loader below to the packages with an action."""

    def __init__(self) -> None:
        self.actions: dict[str, _Action] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        action = self.actions.get(fullname)
        spec: Any = None if action is None else PathFinder.find_spec(fullname, path, target)
        if action is not None and spec is not None and spec.loader is not None:
            del self.actions[fullname]
            spec.loader = _ObservedLoader(spec.loader, action)
        found: ModuleSpec | None = spec
        return found


class _ObservedLoader:
    """A loader that runs an action after it loaded its module."""

    def __init__(self, loader: Any, action: _Action) -> None:
        self._loader = loader
        self._action = action

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        self._action()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


_finder = _Finder()
