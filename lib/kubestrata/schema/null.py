"""Nulls in built-in kinds and in metadata, as the API server reads them.

A field that is null is absent. A null in a map or a list is the zero value of its type, except in
a list with keys, where it is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubestrata.core.json_value import is_list, is_mapping

_REF = "#/definitions/"
_ZERO: Mapping[str, Any] = {"boolean": False, "integer": 0, "number": 0, "object": {}, "string": ""}


def has_null(value: object) -> bool:
    """Return True if a value has a null anywhere."""
    pending = [value]
    while pending:
        part = pending.pop()
        if part is None:
            return True
        if is_mapping(part):
            pending += part.values()
        elif is_list(part):
            pending += part
    return False


def without_nulls(value: Any, schema: object, definitions: Mapping[str, Any]) -> Any:
    """Return a copy of a value without the nulls that the API server accepts."""
    known = _resolved(schema, definitions)
    if is_mapping(value):
        properties, extra = known.get("properties"), known.get("additionalProperties")
        fields = properties if is_mapping(properties) else {}
        entries = ((name, each, fields.get(name, extra)) for name, each in value.items())
        return {
            name: _zero(part, definitions)
            if each is None
            else without_nulls(each, part, definitions)
            for name, each, part in entries
            if each is not None or (name not in fields and is_mapping(extra))
        }
    if is_list(value):
        items, keyed = known.get("items"), known.get("x-kubernetes-list-type") == "map"
        return [
            (None if keyed else _zero(items, definitions))
            if each is None
            else without_nulls(each, items, definitions)
            for each in value
        ]
    return value


def _resolved(schema: object, definitions: Mapping[str, Any]) -> dict[str, Any]:
    for _ in range(8):
        if not is_mapping(schema):
            return {}
        ref = schema.get("$ref")
        if not isinstance(ref, str):
            return schema
        schema = definitions.get(ref.removeprefix(_REF))
    return {}


def _zero(schema: object, definitions: Mapping[str, Any]) -> Any:
    name = _resolved(schema, definitions).get("type")
    if is_list(name):  # A quantity, or a number or text.
        return 0
    zero = _ZERO.get(str(name))
    return dict(zero) if is_mapping(zero) else zero
