"""Kubernetes' JSON definitions, checked so that what reads them may rely on their form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kubestrata.bindings.kind.schema_check import SchemaError, nodes_of
from kubestrata.bindings.shape.shape import writable
from kubestrata.bindings.source.document import TooMuchError, measure, shown
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.json_value import is_list, is_mapping, mapping

REF = "#/definitions/"
_IDENTITY = "x-kubernetes-group-version-kind"
_PARTS = {
    "group": re.compile(r"[a-z0-9.-]{0,253}\Z"),
    "version": re.compile(r"[a-z][a-z0-9]{0,62}\Z"),
    "kind": re.compile(r"[A-Za-z][A-Za-z0-9]{0,62}\Z"),
}


def require_definitions(address: str, definitions: dict[str, Any]) -> None:
    """Raise ImportSourceError for the first definition that is none, naming it."""
    try:
        measure(definitions)
    except TooMuchError as error:
        raise ImportSourceError(address, "too large", str(error)) from None
    for key, schema in definitions.items():
        try:
            why = next(_faults(schema, definitions), None)
        except SchemaError as error:
            why = str(error)
        if why is not None:
            raise ImportSourceError(address, f"definition {shown(key)}", why)


def _faults(schema: object, definitions: dict[str, Any]) -> Iterator[str]:
    if not is_mapping(schema):
        yield "is not a mapping"
        return
    for node in nodes_of(schema):
        ref: object = node.schema.get("$ref")
        if ref is not None and not _known(ref, definitions):
            yield f"{node.path} refers to {shown(str(ref))}, which is not a definition"
        for wire in mapping(node.schema.get("properties")):
            if not writable(wire):
                yield f"has the field '{shown(wire)}', a name that cannot be written"
    identities: object = schema.get(_IDENTITY, [])
    if not is_list(identities) or not all(map(_is_identity, identities)):
        yield f"{_IDENTITY} is not a list of group, version and kind"


def _known(ref: object, definitions: dict[str, Any]) -> bool:
    return isinstance(ref, str) and ref.startswith(REF) and ref.removeprefix(REF) in definitions


def _is_identity(found: object) -> bool:
    return is_mapping(found) and all(
        isinstance(found.get(part), str) and form.match(str(found[part]))
        for part, form in _PARTS.items()
    )
