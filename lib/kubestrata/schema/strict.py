"""Stored schemas, as the API server's strict validation reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema_rs

from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.schema.format import FORMATS

GO_REGEX = jsonschema_rs.RegexOptions()
_FLAG = "(?i)"
_LONGEST_REWRITTEN = 1_000
_ONE_LETTER = re.compile(r"\\([pP])([A-Z])")
BY_NAME = frozenset({"definitions", "properties"})
SEVERAL = frozenset({"allOf", "anyOf", "oneOf"})
_RESTRICTING = SEVERAL | {"not"}
PARTS = _RESTRICTING | {"additionalProperties", "items"}
_LIMITS = frozenset(
    {"maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum", "multipleOf"}
    | {f"{end}{what}" for end in ("max", "min") for what in ("Items", "Length", "Properties")}
)
_KEPT = _LIMITS | {"$ref", "enum", "format", "pattern", "required", "type", "uniqueItems"}
_OBJECT: dict[str, Any] = {"type": "object"}
_KIND = r"^[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?$"
_EMBEDDED: dict[str, Any] = {
    "apiVersion": {"type": "string", "minLength": 1},
    "kind": {"type": "string", "maxLength": 63, "pattern": _KIND},
}
_INT32 = {"minimum": -(2**31), "maximum": 2**31 - 1}
_INT64 = {"minimum": -(2**63), "maximum": 2**63 - 1}


def readable(pattern: str) -> str:
    """Return a Go pattern in the validator's syntax: flags with their group, classes in braces."""
    pattern = _ONE_LETTER.sub(r"\\\1{\2}", pattern)
    if len(pattern) > _LONGEST_REWRITTEN:
        return pattern
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
    """Return True if an object may have fields that its properties do not name."""
    return (
        schema.get("x-kubernetes-preserve-unknown-fields") is True
        or schema.get("additionalProperties", False) is not False
    )


class StrictReading:
    """Transformation of a schema; shared parts stay shared: CRDs repeat a pod's dozens of times.

    In a `structural` schema, that of a custom kind, an object has only the declared fields;
    definitions of Kubernetes omit what they do not describe.
    """

    def __init__(self, *, structural: bool, metadata: dict[str, Any] = _OBJECT) -> None:
        self._structural = structural
        self._embedded = {**_EMBEDDED, "metadata": metadata}
        self._known: dict[tuple[int, bool], Any] = {}

    def read(self, schema: Any, *, closed: bool) -> Any:
        if is_list(schema):
            return [self.read(each, closed=closed) for each in schema]
        if not is_mapping(schema):
            return schema
        key = (id(schema), closed)
        if key not in self._known:
            self._known[key] = self._object(schema, closed=closed)
        return self._known[key]

    def _object(self, schema: dict[str, Any], *, closed: bool) -> dict[str, Any]:
        read: dict[str, Any] = {}
        for key, value in schema.items():
            if key in BY_NAME and is_mapping(value):
                read[key] = {name: self.read(each, closed=closed) for name, each in value.items()}
            elif key in PARTS:
                read[key] = self.read(value, closed=closed and key not in _RESTRICTING)
            elif key in _KEPT:
                read[key] = value
        if isinstance(schema.get("pattern"), str):
            read["pattern"] = readable(schema["pattern"])
        if closed and self._is_closed(schema):
            read |= {"additionalProperties": False, "properties": read.get("properties", {})}
        if closed and schema.get("x-kubernetes-embedded-resource") is True:
            read["properties"] = {**read.get("properties", {}), **self._embedded}
            read["required"] = sorted({"apiVersion", "kind", *read.get("required", ())})
        return _numeric(read | self._range(read, schema)) | _types(schema)

    def _range(self, read: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
        """Return the limits of an integer that its type implies: a greater one is a float.

        In its own kinds the API server cuts a number off that does not fit into 32 bits.
        """
        whole = "integer" in (read.get("type"), schema.get("type"))
        if not whole and schema.get("x-kubernetes-int-or-string") is not True:
            return {}
        short = read.get("format") == "int32"
        if short and not self._structural:
            return {}
        limits = _INT32 if short else _INT64
        return {name: limit for name, limit in limits.items() if name not in read}

    def _is_closed(self, schema: dict[str, Any]) -> bool:
        described = is_mapping(schema.get("properties"))
        holds_nothing = self._structural and schema.get("type") == "object"
        return (described or holds_nothing) and not keeps_unknown(schema)


def _numeric(read: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with exclusive limits as numbers: CRDs use booleans beside a limit."""
    for limit in ("maximum", "minimum"):
        exclusive = f"exclusive{limit.capitalize()}"
        if isinstance(read.get(exclusive), bool) and read.pop(exclusive) and limit in read:
            read[exclusive] = read.pop(limit)
    return read


def _types(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the `type` that the extensions of Kubernetes mean."""
    name = schema.get("type")
    if schema.get("x-kubernetes-int-or-string") is True:
        names = ["integer", "string"]
    else:
        names = [name] if isinstance(name, str) else []
    if schema.get("nullable") is True and names:
        names.append("null")
    return {"type": names} if names else {}


def strict(
    schema: Mapping[str, Any], *, structural: bool = True, metadata: dict[str, Any] = _OBJECT
) -> dict[str, Any]:
    """Return the schema with unknown fields rejected; a part that only restricts stays open.

    `metadata` is the schema of the metadata of embedded resources.
    """
    body = {key: each for key, each in schema.items() if key != "definitions"}
    read: dict[str, Any] = StrictReading(structural=structural, metadata=metadata).read(
        body, closed=True
    )
    known = schema.get("definitions")
    if is_mapping(known):
        definitions = StrictReading(structural=False)
        read["definitions"] = {
            name: definitions.read(each, closed=True) for name, each in known.items()
        }
    return read


def compiled(schema: dict[str, Any]) -> jsonschema_rs.Draft7Validator:
    """Return the validator of a strict schema.

    Raises ValueError for one that cannot be compiled, or that refers to another document.
    """
    checks: dict[str, Callable[..., bool]] = dict(FORMATS)
    return jsonschema_rs.Draft7Validator(
        schema,
        pattern_options=GO_REGEX,
        formats=checks,
        validate_formats=True,
        retriever=_refuse,
    )


def _refuse(address: str) -> Any:
    """Refuse to fetch or read anything that a schema refers to."""
    raise ValueError(f"it refers to {address!r}, and a schema must be one document")


def has_reference(schema: object) -> bool:
    """Return True if a custom kind's schema has a `$ref`, which the API server forbids."""
    pending: list[object] = [schema]
    while pending:
        part = pending.pop()
        if is_list(part):
            pending += part
        elif is_mapping(part):
            if isinstance(part.get("$ref"), str):
                return True
            for key, value in part.items():
                if key in BY_NAME and is_mapping(value):
                    pending += value.values()
                elif key in PARTS:
                    pending.append(value)
    return False
