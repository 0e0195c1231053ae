"""The `__init__` of generated packages: every name is found, nothing is loaded early.

At run time a package knows only which module holds which kind (PEP 562); type checkers and
editors read the stub beside it, which names everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kubestrata.bindings.claim import Ambiguous
from kubestrata.bindings.model import Module
from kubestrata.bindings.text import MARKER, literal


@dataclass(frozen=True, slots=True)
class Package:
    """What a package exports: at run time `exports`, by module.

    To type checkers `whole` modules, and the names in `chosen`. Modules are below `base`, by
    default the package itself.
    """

    title: str
    modules: Sequence[str]
    exports: Mapping[str, Sequence[str]]
    whole: Sequence[str]
    chosen: Mapping[str, Sequence[str]]
    base: Module = ()
    ambiguous: Ambiguous = field(default_factory=Ambiguous)


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


def attach(
    package: str,
    modules: Iterable[str],
    names: Mapping[str, str],
    *,
    base: str = "",
    kinds: Mapping[str, str] | None = None,
    several: Mapping[str, str] | None = None,
) -> _Exports:
    """`__getattr__`, `__dir__` and `__all__` of a package; `names`: module -> its names.

    A struct that is not named is looked for beside the kind that its name begins with, and
    then among what the kinds of its version share. Modules are below `base`, by default the
    package itself. Ambiguous are `kinds` with all their parts, and the names in `several`.
    """
    base, kinds, several = base or package, kinds or {{}}, several or {{}}
    homes = {{name: module for module, found in names.items() for name in found.split()}}
    folders = frozenset(modules)

    def held(place: str, name: str) -> object:
        module = import_module(f"{{base}}.{{place}}")
        return getattr(module, name) if name in module.__all__ else None

    def beside(home: str, name: str) -> object:
        folder, dot, _ = home.rpartition(".")
        shared = f"{{folder}}{{dot}}shared"
        return held(home, name) or (held(shared, name) if shared in names else None)

    def refuse(name: str, places: str) -> AttributeError:
        top = ".".join(package.split(".")[:2])
        fix = " or ".join(f"{{top}}.{{place}}.{{name}}" for place in places.split())
        return AttributeError(f"{{package}}.{{name}} is ambiguous: write {{fix}}")

    def load(name: str) -> object:
        if name in folders:
            return import_module(f"{{package}}.{{name}}")
        if name in several:
            raise refuse(name, several[name])
        for end in range(0 if name.startswith("_") else len(name), 0, -1):
            kind = name[:end]
            if kind in kinds:
                raise refuse(name, kinds[kind])
            found = beside(homes[kind], name) if kind in homes else None
            if found is not None:
                return found
        raise AttributeError(f"module {{package!r}} has no attribute {{name!r}}")

    def find(name: str) -> object:
        found = load(name)
        setattr(sys.modules[package], name, found)
        return found

    exported = sorted([*homes.keys() - several.keys(), *folders])
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


def _folded(title: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """A mapping from names to names as the lines of an argument."""
    lines = [f"    {title}{{"]
    for name in sorted(names):
        found = _wrapped(sorted(names[name])) or [literal("")]
        if len(found) == 1:
            lines.append(f"        {literal(name)}: {found[0]},")
        else:
            lines += [f"        {literal(name)}: (", *(f"            {each}" for each in found)]
            lines.append("        ),")
    return [*lines, "    },"]


def package_text(package: Package) -> str:
    """The run-time `__init__.py`."""
    lines = [
        f"{MARKER}. Do not edit.",
        f'"""{package.title}"""',
        "",
        "from kubeapis._lazy import attach as _attach",
        "",
        "__getattr__, __dir__, __all__ = _attach(",
        "    __name__,",
        f"    {tuple(sorted(package.modules))!r},",
        *_folded("", package.exports),
    ]
    if package.base:
        lines.append(f"    base={literal('.'.join(('kubeapis', *package.base)))},")
    if package.ambiguous.kinds:
        lines += _folded("kinds=", package.ambiguous.kinds)
    if package.ambiguous.names:
        lines += _folded("several=", package.ambiguous.names)
    return "\n".join([*lines, ")", ""])


def stub_text(package: Package, depth: int) -> str:
    """The `__init__.pyi` of a package at some depth, which type checkers read."""
    up = "." * (depth - len(package.base) + 1) if package.base else "."
    lines = [f"{MARKER}. Do not edit."]
    lines += [f"from . import {module} as {module}" for module in sorted(package.modules)]
    lines += [f"from {up}{module} import *" for module in sorted(package.whole)]
    for module in sorted(package.chosen):
        names = ", ".join(f"{name} as {name}" for name in sorted(package.chosen[module]))
        lines.append(f"from {up}{module} import {names}")
    return "\n".join([*lines, ""])
