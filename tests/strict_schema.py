"""Stored schemas, read as the API server's strict validation reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema_rs

from kubestrata.bindings import IndexedKind, expanded
from kubestrata.schema.checkable import checked
from kubestrata.schema.strict import compiled, readable, strict

_GO_REGEX = jsonschema_rs.RegexOptions()
_DEFINITIONS = "#/definitions/"
# What the definitions of Kubernetes call a string, and its API reads from a number too.
_SCALARS = {".IntOrString": ["integer", "string"], ".Quantity": ["number", "string"]}

Schema: TypeAlias = Mapping[str, Any]
Validator: TypeAlias = jsonschema_rs.Draft7Validator | jsonschema_rs.Draft202012Validator

__all__ = ["checked", "compiled", "readable", "strict"]
RESTRICTING = ("allOf", "anyOf", "not", "oneOf")
"""Keywords that narrow an object described elsewhere."""
SERVER_FIELD = "status"
"""Fields that only the server writes."""


def values_validator(schema: Schema) -> Validator:
    """Return the validator of a chart's values, for the draft of their schema."""
    named = str(schema.get("$schema"))
    newer = "2020-12" in named or "2019-09" in named
    draft = jsonschema_rs.Draft202012Validator if newer else jsonschema_rs.Draft7Validator
    return draft(dict(schema), pattern_options=_GO_REGEX)


def authored(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a kind without what only the server writes."""
    properties = {
        name: each for name, each in schema.get("properties", {}).items() if name != SERVER_FIELD
    }
    needed = [name for name in schema.get("required", ()) if name != SERVER_FIELD]
    return {**schema, "properties": properties, "required": needed}


def _definition(name: str, schema: Any) -> Any:
    scalar = next((types for end, types in _SCALARS.items() if name.endswith(end)), None)
    if scalar:
        return {"type": scalar}
    return authored(schema) if "x-kubernetes-group-version-kind" in schema else schema


@cache
def definitions(folder: Path) -> dict[str, Any]:
    """Every definition of Kubernetes in a folder of stored schemas."""
    found: dict[str, Any] = {}
    for file in folder.glob("*.json"):
        content = json.loads(file.read_text())["definitions"]
        found |= {name: _definition(name, schema) for name, schema in content.items()}
    return found


@cache
def _strict_definitions(folder: Path) -> dict[str, Any]:
    return {name: strict(each, structural=False) for name, each in definitions(folder).items()}


def _needed(schema: Any, known: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """The definitions that a schema refers to."""
    if isinstance(schema, list):
        for each in schema:
            _needed(each, known, found)
    elif isinstance(schema, dict):
        for each in schema.values():
            _needed(each, known, found)
        name = str(schema.get("$ref", "")).removeprefix(_DEFINITIONS)
        if name in known and name not in found:
            found[name] = known[name]
            _needed(known[name], known, found)
    return found


def body_schema(tree: Path, kind: IndexedKind) -> dict[str, Any]:
    """The schema of one version of a kind without status; one that says nothing takes any spec."""
    path = tree / kind.schema
    if kind.builtin:
        found: dict[str, Any] = definitions(path.parent)[kind.definition]
        return found
    found = expanded(json.loads(path.read_text()))
    if not found.get("properties") and not _is_pruned(found):
        spec = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        return {**found, "properties": {"spec": spec}}
    return authored(_closed(found, {}))


def _is_pruned(schema: Schema) -> bool:
    """Return True if the server drops all fields of an object."""
    keeps = ("properties", "additionalProperties", "x-kubernetes-preserve-unknown-fields")
    embedded = schema.get("x-kubernetes-embedded-resource")
    return schema.get("type") == "object" and not embedded and not any(map(schema.get, keeps))


def _closed(schema: Any, known: dict[int, Any]) -> Any:
    """The schema of a custom kind, saying of objects without fields that they hold none."""
    if isinstance(schema, list):
        return [_closed(each, known) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if id(schema) not in known:
        known[id(schema)] = found = {key: _closed(each, known) for key, each in schema.items()}
        if _is_pruned(schema) and schema.get("additionalProperties") != {}:
            found["additionalProperties"] = False
    return known[id(schema)]


def validator(
    tree: Path, kind: IndexedKind, body: dict[str, Any] | None = None
) -> jsonschema_rs.Draft7Validator:
    """Return the validator of whole objects of one version of a kind, whose schema is `body`."""
    body = body_schema(tree, kind) if body is None else body
    schema = strict(body, structural=not kind.builtin)
    if kind.builtin:
        known = _strict_definitions((tree / kind.schema).parent)
        return checked({**schema, "definitions": _needed(schema, known, {})})[0]
    schema["properties"] |= {"apiVersion": {}, "kind": {}, "metadata": {}}
    return checked(schema)[0]
