"""Restrictions of a schema beside its types: fields that exclude or require each other.

Types cannot express them, so they are in the docstring of the class, and validation checks them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.bindings.shape.fact import shorten
from kubestrata.core.json_value import is_list, is_mapping

_ALTERNATIVES = {"oneOf": "exactly one of", "anyOf": "at least one of", "allOf": "all of"}


def _names(schema: object) -> str:
    """Return the fields that a schema requires, if it has no other keyword, else ''."""
    if not is_mapping(schema) or set(schema) - {"required", "type", "properties"}:
        return ""
    required: object = schema.get("required")
    properties: object = schema.get("properties")
    if not is_list(required) or not required:
        return ""
    if properties and not (is_mapping(properties) and not any(properties.values())):
        return ""
    return " + ".join(str(each) for each in required)


def _forbidden(schema: object) -> str:
    """Return the fields that exclude each other, from `not: {required: ...}`."""
    if not is_mapping(schema):
        return ""
    parts: object = schema.get("anyOf")
    if is_list(parts) and len(schema) == 1:
        names = [_names(each) for each in parts]
        return " | ".join(names) if all(names) else ""
    return _names(schema)


def _alternative(schema: object) -> str:
    """Return one alternative as its fields, with `not` before a forbidden one, '...' for more."""
    names = _names(schema)
    if names or not is_mapping(schema):
        return names or "..."
    if set(schema) == {"not"} and _forbidden(schema["not"]):
        return f"not ({_forbidden(schema['not'])})"
    if set(schema) == {"required", "not"} and _forbidden(schema["not"]):
        return f"{_names({'required': schema['required']})}, not ({_forbidden(schema['not'])})"
    return "..."


def _all(schema: Mapping[str, Any]) -> Iterator[str]:
    for keyword, said in _ALTERNATIVES.items():
        parts: object = schema.get(keyword)
        if is_list(parts) and parts:
            yield shorten(f"{said}: {', '.join(map(_alternative, parts))}")
    if "not" in schema:
        yield shorten(f"not: {_forbidden(schema['not']) or '...'}")


def restrictions_of(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a line for each of oneOf, anyOf, allOf and not."""
    return tuple(_all(schema))
