"""Schemas in which repeated parts are written once.

Custom kinds carry the same parts again and again, a pod's schema a dozen times over. Each part
that repeats moves to `$defs` under a name made of its content, so that it keeps its name as
long as it stays the same.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from kubestrata.core.json_value import is_list, is_mapping

_HOME = "$defs"
_REF = f"#/{_HOME}/"
_SHORTEST = 80
_DIGITS = 12
_ONE = frozenset({"additionalProperties", "items", "not"})
_SEVERAL = frozenset({"allOf", "anyOf", "oneOf"})
_text = json.JSONEncoder(separators=(",", ":")).encode


class _Compact:
    """Parts by their text, from the inside out: a part that contains others refers to them."""

    def __init__(self) -> None:
        self._parts: dict[str, dict[str, Any]] = {}
        self._used: Counter[str] = Counter()
        self._shared: dict[str, Any] = {}

    def whole(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return the schema with `$defs` of the parts that occur more than once."""
        root = _changed(schema, self._taken_out)
        for part in [root, *self._parts.values()]:
            _changed(part, self._count)
        root = _changed(root, self._put_back)
        return {**root, _HOME: dict(sorted(self._shared.items()))} if self._shared else root

    def _taken_out(self, schema: object) -> object:
        if not is_mapping(schema):
            return schema
        part = _changed(schema, self._taken_out)
        text = _text(part)
        if len(text) < _SHORTEST:
            return part
        name = hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
        self._parts[name] = part
        return {"$ref": _REF + name}

    def _count(self, part: object) -> object:
        name = _referred(part)
        if name:
            self._used[name] += 1
        elif is_mapping(part):
            _changed(part, self._count)
        return part

    def _put_back(self, part: object) -> object:
        name = _referred(part)
        if not name:
            return _changed(part, self._put_back) if is_mapping(part) else part
        if self._used[name] == 1:
            return _changed(self._parts[name], self._put_back)
        if name not in self._shared:
            self._shared[name] = {}
            self._shared[name] = _changed(self._parts[name], self._put_back)
        return part


def _referred(part: object) -> str:
    ref = part.get("$ref") if is_mapping(part) else None
    return ref.removeprefix(_REF) if isinstance(ref, str) else ""


def _changed(schema: Mapping[str, Any], change: Callable[[object], object]) -> dict[str, Any]:
    """Return a schema with its direct parts changed; data in it, such as a default, is kept."""
    found: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties" and is_mapping(value):
            found[key] = {name: change(each) for name, each in value.items()}
        elif key in _SEVERAL and is_list(value):
            found[key] = [change(each) for each in value]
        else:
            found[key] = change(value) if key in _ONE else value
    return found


def _refers(schema: object) -> bool:
    """Return True if a schema has references of its own; those of custom kinds may have none."""
    if not is_mapping(schema):
        return False
    found = False

    def look(part: object) -> object:
        nonlocal found
        found = found or _refers(part)
        return part

    _changed(schema, look)
    return found or bool({"$ref", "$defs", "definitions"} & set(schema))


def compact(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the same schema, smaller; one that already has references is returned unchanged."""
    return schema if _refers(schema) else _Compact().whole(schema)


def expanded(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema that `compact` was given, with equal parts as one object."""
    homes: object = schema.get(_HOME)
    parts = homes if is_mapping(homes) else {}
    known: dict[str, object] = {}

    def put_back(part: object) -> object:
        name = _referred(part)
        if name not in parts:
            return _changed(part, put_back) if is_mapping(part) else part
        if name not in known:
            known[name] = put_back(parts[name])
        return known[name]

    return _changed({key: each for key, each in schema.items() if key != _HOME}, put_back)
