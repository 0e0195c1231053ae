"""The paths of the fields of a schema, to compare two versions of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.field_change import join_path
from kubestrata.core.json_value import is_mapping

INSIDE = (("items", "[]"), ("additionalProperties", "{}"))
"""The keys of a schema for the items of a list and the values of a map, with their marks."""


def field_paths(schema: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Yield the path of each field of a custom kind, outer ones first."""
    properties: object = schema.get("properties")
    for name, part in properties.items() if is_mapping(properties) else ():
        below = join_path(path, name)
        yield below
        if is_mapping(part):
            yield from field_paths(part, below)
    for key, mark in INSIDE:
        inner: object = schema.get(key)
        if is_mapping(inner):
            yield from field_paths(inner, f"{path}{mark}")
