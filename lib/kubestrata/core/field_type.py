"""Schema lookups by path, for error messages."""

from __future__ import annotations

import re

import msgspec
from msgspec import inspect

from kubestrata.core.alike import alike

_STEP = re.compile(r"\.([^.\[\]]+)|\[")


def _step(kind: inspect.Type, field: str) -> list[inspect.Type]:
    """Return the types of the field with that wire name, or of the items ('')."""
    if isinstance(kind, inspect.UnionType):
        return [found for one in kind.types for found in _step(one, field)]
    if isinstance(kind, inspect.StructType):
        return [one.type for one in kind.fields if one.encode_name == field]
    if isinstance(kind, inspect.CollectionType) and not field:
        return [kind.item_type]
    if isinstance(kind, inspect.DictType) and not field:
        return [kind.value_type]
    return []


def _literals(kind: inspect.Type) -> list[str]:
    if isinstance(kind, inspect.UnionType):
        return [value for one in kind.types for value in _literals(one)]
    if isinstance(kind, inspect.LiteralType):
        return [str(value) for value in kind.values]
    return []


def allowed_values(body: type[msgspec.Struct], path: str) -> list[str]:
    """Return the values of the enum at `path` (`.spec.rules[0].mode`), else none."""
    return [value for kind in _at(body, path) for value in _literals(kind)]


def _at(body: type[msgspec.Struct], path: str) -> list[inspect.Type]:
    """Return the types at a path, with unions expanded."""
    kinds: list[inspect.Type] = [inspect.type_info(body)]
    for match in _STEP.finditer(path):
        kinds = [found for kind in kinds for found in _step(kind, match[1] or "")]
    return [
        each
        for kind in kinds
        for each in (kind.types if isinstance(kind, inspect.UnionType) else (kind,))
    ]


def declares_nothing(body: type[msgspec.Struct], path: str) -> bool:
    """Return True if the schema declares no fields for the object at `path`."""
    return any(isinstance(each, inspect.StructType) and not each.fields for each in _at(body, path))


def nearest(word: str, known: list[str]) -> str:
    """Return the fix for a misspelt word: the nearest known one, else all of them."""
    near = alike(word, known, likeness=0.5)
    return f"write {near[0]!r}" if near else "one of " + ", ".join(known)
