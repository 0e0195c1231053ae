"""Facts of a field in a docstring, beside its type: default, format and limits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import NoneType

from kubestrata.core.json_value import Json

_LONGEST = 80
_LONGEST_DESCRIPTION = 10_000
_KEYWORDS = frozenset(
    (
        *("default", "enum", "format", "multipleOf", "pattern"),
        *("minimum", "maximum", "minLength", "maxLength"),
        *("minItems", "maxItems", "minProperties", "maxProperties"),
    )
)


def shorten(text: str) -> str:
    """Return the text, cut at a readable length."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


def _range(schema: Mapping[str, Json], low: str, high: str, unit: str) -> str | None:
    least, most = schema.get(low), schema.get(high)
    if least is None and most is None:
        return None
    if least is None:
        return shorten(f"{unit} <= {most}")
    return shorten(f"{unit} >= {least}" if most is None else f"{unit} {least}..{most}")


def _bounds(schema: Mapping[str, Json]) -> str | None:
    text = _range(schema, "minimum", "maximum", "value")
    strict = [side for side in ("Minimum", "Maximum") if schema.get(f"exclusive{side}")]
    return f"{text} (exclusive {' and '.join(strict).lower()})" if text and strict else text


def _values(enum: Json) -> str | None:
    """Return the values of an enum that cannot be a `Literal`."""
    if not isinstance(enum, list) or all(type(each) in (str, int, NoneType) for each in enum):
        return None
    return shorten(f"one of {', '.join(json.dumps(each, ensure_ascii=False) for each in enum)}")


def facts_of(schema: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the facts of one property, in a fixed order."""
    if _KEYWORDS.isdisjoint(schema):
        return ()
    found: list[str | None] = []
    if "default" in schema:
        found.append(f"default {shorten(json.dumps(schema['default'], ensure_ascii=False))}")
    if isinstance(schema.get("format"), str):
        found.append(f"format {shorten(str(schema['format']))}")
    found += [
        _values(schema.get("enum")),
        _bounds(schema),
        _range(schema, "minLength", "maxLength", "length"),
        _range(schema, "minItems", "maxItems", "items"),
        _range(schema, "minProperties", "maxProperties", "entries"),
    ]
    if "multipleOf" in schema:
        found.append(shorten(f"multiple of {schema['multipleOf']}"))
    if isinstance(schema.get("pattern"), str):
        found.append(f"pattern {shorten(str(schema['pattern']))}")
    return tuple(text for text in found if text)


def description_of(schema: Mapping[str, Json]) -> str:
    """Return upstream's description of a schema, cut at a readable length; '' if it has none."""
    text = schema.get("description")
    if not isinstance(text, str) or len(text) <= _LONGEST_DESCRIPTION:
        return text if isinstance(text, str) else ""
    return f"{text[:_LONGEST_DESCRIPTION]}... ({len(text)} characters)"
