"""Kubernetes schemas, walked part by part, with checks that each part is a schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubestrata.bindings.shape.shape import HEAD, writable
from kubestrata.bindings.source.document import shown
from kubestrata.core.frozen import FrozenRecord
from kubestrata.core.json_value import is_list, is_mapping, mapping

_MOST_REPORTED = 5
_PARTS = frozenset({"properties", "items", "additionalProperties"})
MAX_PARTS = 50_000
"""Schemas within one schema; etcd's limit of 1.5 MiB for an object allows fewer."""


class SchemaError(ValueError):
    """A problem of a schema, with its path."""


class SchemaNode(FrozenRecord):
    """One schema within another; `path` leads to it (`.spec.rules[].name`)."""

    path: str
    schema: dict[str, Any]


def _refuse(path: str, key: str, why: str) -> SchemaError:
    return SchemaError(f"{key} of {path[-200:] or 'the whole'} {why}")


def _below(node: SchemaNode) -> Iterator[tuple[str, object]]:
    """Yield the schemas in one schema with their paths; raise SchemaError if they are malformed."""
    properties: object = node.schema.get("properties")
    if not is_mapping(properties) and properties is not None:
        raise _refuse(node.path, "properties", "is not a mapping")
    for name, each in (properties or {}).items():
        yield f"{node.path}.{shown(name)}", each
    items: object = node.schema.get("items")
    if items is not None:
        yield f"{node.path}[]", items
    values: object = node.schema.get("additionalProperties")
    if values is not None and not isinstance(values, bool):
        yield f"{node.path}.*", values


def _check(node: SchemaNode) -> None:
    required: object = node.schema.get("required")
    names = required if is_list(required) else []
    if required is not None and (names is not required or not all(type(n) is str for n in names)):
        raise _refuse(node.path, "required", "is not a list of names")
    kind: object = node.schema.get("type")
    if kind is not None and not isinstance(kind, str):
        raise _refuse(node.path, "type", "is not the name of a type")
    values: object = node.schema.get("enum")
    if values is not None and not is_list(values):
        raise _refuse(node.path, "enum", "is not a list")


def nodes_of(schema: dict[str, Any]) -> Iterator[SchemaNode]:
    """Yield a schema and all within it, each before its children; raise SchemaError."""
    waiting: list[tuple[str, object]] = [("", schema)]
    count = 0
    while waiting:
        path, found = waiting.pop()
        count += 1
        if count > MAX_PARTS:
            raise SchemaError(f"has more than {MAX_PARTS} properties and other parts")
        if not is_mapping(found):
            raise SchemaError(f"{path[-200:]} is not a schema")
        node = SchemaNode(path, found)
        _check(node)
        yield node
        if not _PARTS.isdisjoint(found):
            waiting += reversed(list(_below(node)))


def nameless(schema: dict[str, Any]) -> Iterator[str]:
    """Yield a message for fields that get no keyword because their names cannot be written."""
    reported = 0
    for node in nodes_of(schema):
        fields = mapping(node.schema.get("properties"))
        if not fields or node.path.partition(".")[2].partition(".")[0] in HEAD:
            continue
        for wire in fields:
            if writable(wire) or (not node.path and wire in HEAD):
                continue
            reported += 1
            if reported <= _MOST_REPORTED:
                where = node.path.removeprefix(".")[-200:] or "the kind"
                why = "its name cannot be written"
                yield f"field '{shown(wire)}' of {where} gets no keyword: {why}"
    if reported > _MOST_REPORTED:
        count = reported - _MOST_REPORTED
        yield f"{count} more fields get no keyword: their names cannot be written"
