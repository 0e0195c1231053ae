"""Stubs of generated packages, compared with the exports of the packages."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def _promised(stub: Path, package: str) -> Iterator[tuple[str, Any]]:
    for node in ast.parse(stub.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1])
            module = importlib.import_module(f"{base}.{node.module}")
            for each in node.names:
                names = module.__all__ if each.name == "*" else [each.name]
                yield from ((name, getattr(module, name)) for name in names)


def broken_promises(tree: Path) -> list[str]:
    """Names that a stub promises and its package does not have, or not as the same class."""
    found: list[str] = []
    for stub in sorted(tree.rglob("__init__.pyi")):
        name = ".".join(stub.parent.relative_to(tree.parent).parts)
        package = importlib.import_module(name)
        found += [
            f"{name}.{each}"
            for each, value in _promised(stub, name)
            if getattr(package, each, None) is not value
        ]
    return found
