"""The largest sizes of values by their schema, as the API server assumes for CEL rules.

What a schema does not bound is bounded by the largest request, of three megabytes. The figures are
those of Kubernetes' `apiserver/pkg/cel/common`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

from msgspec import field

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_mapping, sequence

LARGEST_REQUEST = 3 * 1024 * 1024
_BYTES_OF_CHARACTER = 4
_TIMES = {"date": (12, 12), "date-time": (21, 32), "duration": (3, 32)}
"""The least and the largest length in JSON of a text of each format."""
_SMALLEST = {"boolean": 4, "integer": 1, "number": 1}
_WORDS = {"dash": "-", "dot": ".", "slash": "/", "underscores": "__"}
_ESCAPED = re.compile(r"__(\w+?)__")

Sort: TypeAlias = Literal["any", "list", "map", "object", "scalar", "text"]


class Bound(Frozen):
    """The type of a value: its most elements, and its least length in JSON, in bytes.

    `most` counts the items of a list, the entries of a map and the bytes of a text.
    """

    sort: Sort
    most: int = 0
    least: int = 1
    items: Bound | None = None
    fields: Mapping[str, Bound] = field(default_factory=dict[str, "Bound"])

    def get(self, name: str) -> Bound | None:
        """Return the bound of a field, by its name in CEL, None if it is not known."""
        if self.sort == "map":
            return self.items
        return self.fields.get(name) or self.fields.get(_ESCAPED.sub(_plain, name))


def _plain(found: re.Match[str]) -> str:
    return _WORDS.get(found[1], found[1])


TEXT = Bound("text", least=2)
_METADATA = Bound("object", fields={"generateName": TEXT, "name": TEXT})


def bound_of(schema: Mapping[str, Any], *, is_root: bool = False) -> Bound | None:
    """Return the bound of a schema, None for one of which rules know nothing."""
    if schema.get("x-kubernetes-int-or-string") is True:
        return Bound("any", _longest(schema))
    match schema.get("type"):
        case "array":
            return _list(schema)
        case "object":
            return _object(schema, is_root=is_root)
        case "string" if schema.get("format") in _TIMES:
            least, most = _TIMES[schema["format"]]
            return Bound("scalar", most, least)
        case "string":
            return Bound("text", _longest(schema), 2)
        case "boolean" | "integer" | "number" as name:
            return Bound("scalar", least=_SMALLEST[name])
        case _:
            return None


def _list(schema: Mapping[str, Any]) -> Bound | None:
    items: object = schema.get("items")
    found = bound_of(items, is_root=_is_embedded(items)) if is_mapping(items) else None
    if found is None:
        return None
    most = _limit(schema, "maxItems")
    if most is None:
        most = (LARGEST_REQUEST - 2) // (found.least + 1)
    return Bound("list", most, 2, found)


def _object(schema: Mapping[str, Any], *, is_root: bool) -> Bound | None:
    extra: object = schema.get("additionalProperties")
    if is_mapping(extra):
        found = bound_of(extra, is_root=_is_embedded(extra))
        if found is None:
            return None
        most = _limit(schema, "maxProperties")
        if most is None:
            most = (LARGEST_REQUEST - 2) // (found.least + 6)
        return Bound("map", most, 2, found)
    fields: dict[str, Bound] = {}
    least, required = 2, sequence(schema.get("required"))
    for name, each in _properties(schema):
        bound = bound_of(each, is_root=_is_embedded(each))
        if bound is not None:
            fields[name] = bound
            if name in required and "default" not in each:
                least += len(name) + bound.least + 4
    if is_root:
        fields |= {"apiVersion": TEXT, "kind": TEXT, "metadata": _METADATA}
    return Bound("object", 0, least, None, fields)


def _properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    properties: object = schema.get("properties")
    for name, each in properties.items() if is_mapping(properties) else ():
        if is_mapping(each):
            yield name, each


def _is_embedded(schema: Mapping[str, Any]) -> bool:
    return schema.get("x-kubernetes-embedded-resource") is True


def _longest(schema: Mapping[str, Any]) -> int:
    longest = _limit(schema, "maxLength")
    if longest is not None:
        return longest * (1 if schema.get("format") == "byte" else _BYTES_OF_CHARACTER)
    values = [each for each in sequence(schema.get("enum")) if isinstance(each, str)]
    if values:
        return max(len(each.encode()) for each in values)
    return LARGEST_REQUEST - 2


def _limit(schema: Mapping[str, Any], name: str) -> int | None:
    found = schema.get(name)
    return max(0, found) if isinstance(found, int) else None
