"""The part of a schema that the validator can read: one bad keyword disables nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import jsonschema_rs

from kubestrata.core.json_value import is_list, is_mapping, mapping
from kubestrata.schema.fault import shortened, shown
from kubestrata.schema.strict import BY_NAME, PARTS, SEVERAL, compiled

_LONGEST = 80


class UncheckedKeyword(NamedTuple):
    """A keyword that the validator cannot read: its first location, its value, and the reason."""

    path: str
    keyword: str
    why: str

    def __str__(self) -> str:
        return f"{self.path or 'the whole'}: {self.keyword}: {self.why}"


class Checkable:
    """Copies a strict schema without the keywords that cannot be read.

    `left_out` lists those, in the order of the schema.
    """

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self.left_out: list[UncheckedKeyword] = []
        self._definitions = definitions
        self._parts: dict[int, Any] = {}
        self._known: dict[str, str] = {}

    def read(self, schema: Any, path: str = "") -> Any:
        """Return the schema without unreadable keywords; parts that were one object stay one."""
        if is_list(schema):
            return [self.read(each, path) for each in schema]
        if not is_mapping(schema):
            return schema
        if id(schema) not in self._parts:
            self._parts[id(schema)] = self._object(schema, path)
        return self._parts[id(schema)]

    def _object(self, schema: dict[str, Any], path: str) -> dict[str, Any]:
        read: dict[str, Any] = {}
        for key, value in schema.items():
            if key in BY_NAME and is_mapping(value):
                below = "" if key == "definitions" else f"{path}."
                read[key] = {
                    name: self.read(each, f"{below}{name}".removeprefix("."))
                    for name, each in value.items()
                }
            elif key in PARTS and _holds_schemas(key, value):
                below = {"items": "[]", "additionalProperties": ".*"}.get(key, "")
                read[key] = self.read(value, f"{path}{below}")
            elif why := self._unreadable(key, value):
                self.left_out.append(UncheckedKeyword(path, key, why))
            else:
                read[key] = value
        return read

    def _unreadable(self, key: str, value: object) -> str:
        """Return why a keyword cannot be read, '' if it can."""
        if key == "$ref":
            name = str(value).removeprefix("#/definitions/")
            known = name in self._definitions
            return (
                "" if known else f"{shown(value)} is another schema, which the API server forbids"
            )
        text = json.dumps({key: value}, sort_keys=True, default=str)
        if text not in self._known:
            self._known[text] = _failure({key: value}, text)
        return self._known[text]


def checked(
    schema: dict[str, Any], *, refers: bool = False
) -> tuple[jsonschema_rs.Draft7Validator, tuple[UncheckedKeyword, ...]]:
    """Return the validator of a strict schema, and the keywords that it leaves out.

    With `refers`, the schema is of a custom kind and has references, none of which is followed.
    Raises ValueError if no part of it can be used.
    """
    with suppress(ValueError):
        if not refers:
            return compiled(schema), ()
    part = Checkable(mapping(schema.get("definitions")))
    return compiled(part.read(schema)), tuple(part.left_out)


def _holds_schemas(key: str, value: object) -> bool:
    if key in SEVERAL:
        return is_list(value) and bool(value) and all(map(is_mapping, value))
    return is_mapping(value) or isinstance(value, bool)


def _failure(schema: dict[str, Any], text: str) -> str:
    try:
        compiled(schema)
    except (ValueError, TypeError) as failure:
        value = text.partition(": ")[2].removesuffix("}")
        line = str(failure).strip().partition("\n")[0]
        return f"{shortened(value, _LONGEST)} cannot be read: {shortened(line, _LONGEST)}"
    return ""
