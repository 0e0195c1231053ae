"""The `__init__` of generated packages: every name is found, nothing is loaded early.

At run time a package knows only which module holds which kind (PEP 562); type checkers and
editors read the stub beside it, which names everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubestrata.bindings.text import MARKER, literal

ROOT_TEXT = f'''{MARKER}. Do not edit.
"""Typed Kubernetes kinds: one package for each name in cdk8s.yaml."""

from kubestrata.core.bindings_path import merged_path

__path__ = merged_path(__path__)
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


def package_text(
    title: str,
    modules: Sequence[str],
    exports: Mapping[str, Sequence[str]],
    *,
    merged: bool = False,
) -> str:
    """Return the run-time `__init__.py`; `exports`: module (`v1.http_route`) -> names.

    A `merged` package also has the modules that it has in other folders.
    """
    merge = [
        "from kubestrata.core.bindings_path import merged_subpath",
        "from kubestrata.core.lazy_package import attach",
        "",
        "__path__ = merged_subpath(__path__, __name__)",
    ]
    lines = [
        f"{MARKER}. Do not edit.",
        f'"""{title}"""',
        "",
        *(merge if merged else merge[1:2]),
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


def merged_stub(package: str, modules: Sequence[str], beside: Sequence[str]) -> str:
    """Return the `__init__.pyi` of a package with modules here, and others in other folders."""
    lines = [f"{MARKER}. Do not edit."]
    lines += [f"from . import {module} as {module}" for module in modules]
    lines += [f"import kubeapis.{package}.{module} as {module}" for module in beside]
    return "\n".join([*lines, "", *_exported([*modules, *beside]), ""])


def _exported(names: Sequence[str]) -> list[str]:
    return ["__all__ = [", *(f"    {literal(name)}," for name in sorted(names)), "]"]


def root_stub(beside: Sequence[str]) -> str:
    """The `kubeapis/__init__.pyi` of a tree that lies beside the installed packages `beside`.

    pyright reads the root of one folder only, so the root names the packages of the others. mypy
    merges the folders itself, and would read every module that is imported here.
    """
    lines = [f"import kubeapis.{name} as {name}" for name in beside]
    indented = [f"    {line}" for line in [*lines, "", *_exported(beside)]]
    head = [f"{MARKER}. Do not edit.", "MYPY = False  # mypy takes it as True", "if not MYPY:"]
    return "\n".join([*head, *(line.rstrip() for line in indented), ""])
