"""List of the kinds in generated modules, imported in a fresh interpreter.

Usage: python loaded_kinds.py kubestrata|cdk8s MODULE...

A line per kind and version: `group/version kind`. Ours are those that a user writes:
`kubeapis.PACKAGE.VERSION.KIND`, given as module `PACKAGE.VERSION.KIND`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module


def _of_cdk8s(name: str) -> Iterator[str]:
    import cdk8s  # noqa: PLC0415  # starts Node

    # As people write it; import_module would take names that no import statement can hold.
    exec(f"import {name}")  # noqa: S102
    module = sys.modules[name]
    for each in vars(module).values():
        is_object = isinstance(each, type) and issubclass(each, cdk8s.ApiObject)
        if is_object and each.__module__ == name:
            yield f"{each.GVK.api_version} {each.GVK.kind}"


def _of_kubestrata(name: str) -> Iterator[str]:
    package, version, kind = name.split(".")
    found = getattr(getattr(import_module(f"kubeapis.{package}"), version), kind)
    yield f"{found.api_version} {found.kind}"


def main(side: str, names: list[str]) -> None:
    """Print the kinds; an error leaves a traceback and the kinds before it."""
    find = _of_cdk8s if side == "cdk8s" else _of_kubestrata
    for name in names:
        for line in find(name):
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
