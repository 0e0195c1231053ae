"""The `__init__` of generated packages: every name is found, nothing is loaded early.

At run time a package knows only which module holds which kind (PEP 562); type checkers and
editors read the stub beside it, which names everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import field

from kubestrata.bindings.emit.text import MARKER, literal
from kubestrata.bindings.module.claim import Ambiguous
from kubestrata.bindings.shape.model import Module
from kubestrata.core.frozen import Frozen


class Package(Frozen):
    """The exports of a package: at run time `exports`, by module.

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

from kubestrata.core.bindings_path import merged_path

__path__ = merged_path(__path__)
'''


def _wrapped(names: Sequence[str]) -> list[str]:
    """Return names in lines of about ninety columns, as literals that Python joins."""
    lines: list[str] = []
    for name in names:
        if lines and len(lines[-1]) + len(name) < 90:
            lines[-1] += f" {name}"
        else:
            lines.append(f" {name}" if lines else name)
    return [literal(line) for line in lines]


def _folded(title: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a mapping from names to names as the lines of an argument."""
    lines = [f"    {title}{{"]
    for name in sorted(names):
        found = _wrapped(sorted(names[name])) or [literal("")]
        if len(found) == 1:
            lines.append(f"        {literal(name)}: {found[0]},")
        else:
            lines += [f"        {literal(name)}: (", *(f"            {each}" for each in found)]
            lines.append("        ),")
    return [*lines, "    },"]


def package_text(package: Package, *, merged: bool = False) -> str:
    """Return the run-time `__init__.py`.

    A `merged` package also has the modules that it has in other folders.
    """
    merge = [
        "from kubestrata.core.bindings_path import merged_subpath as _merged_subpath",
        "from kubestrata.core.lazy_package import attach as _attach",
        "",
        "__path__ = _merged_subpath(__path__, __name__)",
    ]
    lines = [
        f"{MARKER}. Do not edit.",
        f'"""{package.title}"""',
        "",
        *(merge if merged else merge[1:2]),
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
    """Render the `__init__.pyi` of a package at some depth, which type checkers read."""
    up = "." * (depth - len(package.base) + 1) if package.base else "."
    lines = [f"{MARKER}. Do not edit."]
    lines += [f"from . import {module} as {module}" for module in sorted(package.modules)]
    lines += [f"from {up}{module} import *" for module in sorted(package.whole)]
    for module in sorted(package.chosen):
        names = ", ".join(f"{name} as {name}" for name in sorted(package.chosen[module]))
        lines.append(f"from {up}{module} import {names}")
    return "\n".join([*lines, ""])


def merged_stub(package: str, modules: Sequence[str], beside: Sequence[str]) -> str:
    """Return the `__init__.pyi` of a package with modules here, and others in other folders."""
    lines = [f"{MARKER}. Do not edit."]
    lines += [f"from . import {module} as {module}" for module in modules]
    lines += [f"import kubeapis.{package}.{module} as {module}" for module in beside]
    return "\n".join([*lines, "", *_exported([*modules, *beside]), ""])


def _exported(names: Sequence[str]) -> list[str]:
    return ["__all__ = [", *(f"    {literal(name)}," for name in sorted(names)), "]"]


def root_stub(beside: Sequence[str]) -> str:
    """Render the `kubeapis/__init__.pyi` of a tree beside the installed packages `beside`.

    pyright reads the root of one folder only, so the root names the packages of the others. mypy
    merges the folders itself, and would read every module that is imported here.
    """
    lines = [f"import kubeapis.{name} as {name}" for name in beside]
    indented = [f"    {line}" for line in [*lines, "", *_exported(beside)]]
    head = [f"{MARKER}. Do not edit.", "MYPY = False  # mypy takes it as True", "if not MYPY:"]
    return "\n".join([*head, *(line.rstrip() for line in indented), ""])
