"""The `__init__` of generated packages: every name is found, nothing is loaded early.

At run time a package knows only which module holds which kind (PEP 562); type checkers and
editors read the stub beside it, which names everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubestrata.bindings.text import MARKER, literal

ROOT_TEXT = f'''{MARKER}. Do not edit.
"""Typed Kubernetes kinds: one package for each name in cdk8s.yaml."""
'''
LAZY_TEXT = f'''{MARKER}. Do not edit.
"""Exports that are imported when they are first used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module

_Exports = tuple[Callable[[str], object], Callable[[], list[str]], list[str]]


def attach(package: str, modules: Iterable[str], names: Mapping[str, str]) -> _Exports:
    """`__getattr__`, `__dir__` and `__all__` of a package; `names`: module -> its names.

    A struct that is not named is looked for beside the kind that its name begins with, and
    then among what the kinds of its version share.
    """
    homes = {{name: module for module, found in names.items() for name in found.split()}}
    folders = frozenset(modules)
    shared = folders & {{"shared"}}

    def beside(home: str, name: str) -> object:
        folder = home.rpartition(".")[0]
        places = [folder] if folder else [home, *shared]
        found = (getattr(import_module(f"{{package}}.{{place}}"), name, None) for place in places)
        return next(filter(None, found), None)

    def load(name: str) -> object:
        if name in folders:
            return import_module(f"{{package}}.{{name}}")
        if name in homes:
            return getattr(import_module(f"{{package}}.{{homes[name]}}"), name)
        ends = range(0 if name.startswith("_") else len(name), 0, -1)
        kinds = filter(None, (homes.get(name[:end]) for end in ends))
        found = next(filter(None, (beside(home, name) for home in kinds)), None)
        if found is None:
            raise AttributeError(f"module {{package!r}} has no attribute {{name!r}}")
        return found

    def find(name: str) -> object:
        found = load(name)
        setattr(sys.modules[package], name, found)
        return found

    exported = sorted([*homes, *folders])
    return find, lambda: exported, exported
'''
OPEN_TEXT = f'''{MARKER}. Do not edit.
"""Types that generated fields share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from kubestrata.core.json_value import JsonObject

if TYPE_CHECKING:
    _Known = TypeVar("_Known")
    Open: TypeAlias = _Known | JsonObject
else:

    class Open:
        """A struct, or any mapping where unknown fields are kept: msgspec sees `Any`."""

        def __class_getitem__(cls, known: object) -> object:
            """What msgspec sees."""
            return Any
'''


def _wrapped(names: Sequence[str]) -> list[str]:
    """Names in lines of about ninety columns, as literals that Python joins to one."""
    lines: list[str] = []
    for name in names:
        if lines and len(lines[-1]) + len(name) < 90:
            lines[-1] += f" {name}"
        else:
            lines.append(f" {name}" if lines else name)
    return [literal(line) for line in lines]


def package_text(title: str, modules: Sequence[str], exports: Mapping[str, Sequence[str]]) -> str:
    """The run-time `__init__.py`; `exports`: module (`v1.http_route`) -> names."""
    lines = [
        f"{MARKER}. Do not edit.",
        f'"""{title}"""',
        "",
        "from kubeapis._lazy import attach",
        "",
        "__getattr__, __dir__, __all__ = attach(",
        "    __name__,",
        f"    {tuple(sorted(modules))!r},",
        "    {",
    ]
    for module in sorted(exports):
        names = _wrapped(sorted(exports[module]))
        if len(names) == 1:
            lines.append(f"        {literal(module)}: {names[0]},")
        else:
            folded = [f"            {line}" for line in names]
            lines += [f"        {literal(module)}: (", *folded, "        ),"]
    return "\n".join([*lines, "    },", ")", ""])


def stub_text(
    modules: Sequence[str], whole: Sequence[str], exports: Mapping[str, Sequence[str]]
) -> str:
    """The `__init__.pyi` that type checkers read: `whole` modules, then names from some."""
    lines = [f"{MARKER}. Do not edit."]
    lines += [f"from . import {module} as {module}" for module in sorted(modules)]
    lines += [f"from .{module} import *" for module in sorted(whole)]
    for module in sorted(exports):
        names = ", ".join(f"{name} as {name}" for name in sorted(exports[module]))
        lines.append(f"from .{module} import {names}")
    return "\n".join([*lines, ""])
