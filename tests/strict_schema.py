"""Stored schemas, read as the API server's strict validation reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema_rs

from kubestrata.bindings import IndexedKind, expanded

_GO_REGEX = jsonschema_rs.RegexOptions()
_FLAG = "(?i)"
_ONE_LETTER = re.compile(r"\\([pP])([A-Z])")
_DEFINITIONS = "#/definitions/"
_DATA = ("default", "enum", "example")
_BY_NAME = ("definitions", "properties")
# What the definitions of Kubernetes call a string, and its API reads from a number too.
_SCALARS = {".IntOrString": ["integer", "string"], ".Quantity": ["number", "string"]}

Schema: TypeAlias = Mapping[str, Any]
Validator: TypeAlias = jsonschema_rs.Draft7Validator | jsonschema_rs.Draft202012Validator

RESTRICTING = ("allOf", "anyOf", "not", "oneOf")
"""What narrows an object that is described elsewhere."""
SERVER_FIELD = "status"
"""What the server writes and no author does."""


def readable(pattern: str) -> str:
    """A Go pattern as the validator wants it: flags with their group, classes in braces."""
    pattern = _ONE_LETTER.sub(r"\\\1{\2}", pattern)
    while _FLAG in pattern:
        before, _, after = pattern.partition(_FLAG)
        depth, end = 0, 0
        while end < len(after) and depth >= 0:
            depth += {"(": 1, ")": -1}.get(after[end], 0)
            end += 2 if after[end] == "\\" else 1
        end -= depth < 0
        pattern = f"{before}(?i:{after[:end]}){after[end:]}"
    return pattern


def keeps_unknown(schema: dict[str, Any]) -> bool:
    """Whether an object may have fields that its properties do not name."""
    return (
        schema.get("x-kubernetes-preserve-unknown-fields") is True
        or schema.get("additionalProperties", False) is not False
    )


def strict(schema: Any, *, closed: bool = True) -> Any:
    """The schema with unknown fields refused; what only restricts an object closes nothing."""
    if isinstance(schema, list):
        return [strict(item, closed=closed) for item in schema]
    if not isinstance(schema, dict):
        return schema
    read: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _BY_NAME and isinstance(value, dict):
            read[key] = {name: strict(each, closed=closed) for name, each in value.items()}
        elif key == "enum":
            read[key] = value
        elif key not in _DATA:
            read[key] = strict(value, closed=closed and key not in RESTRICTING)
    if isinstance(schema.get("pattern"), str):
        read["pattern"] = readable(schema["pattern"])
    if closed and isinstance(schema.get("properties"), dict) and not keeps_unknown(schema):
        read["additionalProperties"] = False
    return read | _types(schema)


def _types(schema: dict[str, Any]) -> dict[str, Any]:
    """The `type` that the extensions of Kubernetes mean."""
    name = schema.get("type")
    if schema.get("x-kubernetes-int-or-string") is True:
        names = ["integer", "string"]
    else:
        names = [name] if isinstance(name, str) else []
    if schema.get("nullable") is True and names:
        names.append("null")
    return {"type": names} if names else {}


def compiled(schema: Any) -> jsonschema_rs.Draft7Validator:
    """The validator of a schema that was read strictly."""
    return jsonschema_rs.Draft7Validator(schema, pattern_options=_GO_REGEX)


def values_validator(schema: Schema) -> Validator:
    """What judges the values of a chart, by the draft that their schema names."""
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
    found: dict[str, Any] = strict(definitions(folder))
    return found


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
    """The schema of one version of a kind without status; a kind without one takes any spec."""
    path = tree / kind.schema
    if kind.builtin:
        found: dict[str, Any] = definitions(path.parent)[kind.definition]
        return found
    found = expanded(json.loads(path.read_text()))
    if not found.get("properties"):
        return {**found, "properties": {"spec": {"type": "object"}}}
    return authored(found)


def validator(tree: Path, kind: IndexedKind) -> jsonschema_rs.Draft7Validator:
    """What judges whole objects of one version of a kind."""
    schema = strict(body_schema(tree, kind))
    if kind.builtin:
        known = _strict_definitions((tree / kind.schema).parent)
        return compiled({**schema, "definitions": _needed(schema, known, {})})
    schema["properties"] |= {"apiVersion": {}, "kind": {}, "metadata": {}}
    return compiled(schema)
