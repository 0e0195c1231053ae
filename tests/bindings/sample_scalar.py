"""Random texts and numbers that a schema allows."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from math import ceil, floor
from typing import Any

from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from tests.strict_schema import checked, readable

_TEXTS = (
    "a",
    "",
    "no",
    "1e3",
    "a\n'b\" \\",
    "5m",
    "10s",
    "1",
    "v1",
    "a.example.org",
    "https://a.example.org/b",
    "a/b",
    "/a",
    "10.0.0.0/8",
    "2026-01-02T03:04:05Z",
    "00:00",
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "Abcdefg1",
    "YWJj",
    "1Gi",
    "*",
)
_FORMATS = {
    "byte": "YWJj",
    "cidr": "10.0.0.0/8",
    "date": "2026-01-02",
    "date-time": "2026-01-02T03:04:05Z",
    "duration": "10s",
    "email": "a@example.org",
    "hostname": "a.example.org",
    "idn-hostname": "a.example.org",
    "ipv4": "10.0.0.1",
    "ipv6": "fd00::1",
    "uri": "https://a.example.org/b",
    "uuid": "123e4567-e89b-12d3-a456-426614174000",
}
_NUMBERS = (0, 1, -1, 3, 600, 2**31 - 1)
_FRACTIONS = (0.5, 1e-3, 1.5)
_MOST = 1 << 20


class NoValueError(Exception):
    """No value was found that the schema allows."""


@cache
def text_of(pattern: str, least: int = 0, most: int = _MOST) -> str:
    """One text that matches; raises NoValueError."""
    generated = settings(
        database=None, max_examples=200, derandomize=True, deadline=None, phases=[Phase.generate]
    )
    try:
        texts = st.from_regex(re.compile(readable(pattern), re.ASCII))
        return find(texts, lambda text: least <= len(text) <= most, settings=generated)
    except (NoSuchExample, re.error):
        raise NoValueError(pattern) from None


@cache
def _matching(pattern: str) -> tuple[str, ...]:
    check = checked({"pattern": readable(pattern)})[0]
    return tuple(text for text in _TEXTS if check.is_valid(text))


@cache
def _candidates(pattern: str | None, least: int, most: int) -> tuple[str, ...]:
    texts = _matching(pattern) if pattern else _TEXTS
    return tuple(each for each in texts if least <= len(each) <= most)


def text(choose: random.Random, schema: Mapping[str, Any]) -> str:
    """A text of the right length, format and pattern."""
    least, most = schema.get("minLength", 0), schema.get("maxLength", _MOST)
    pattern, form = schema.get("pattern"), schema.get("format")
    if form in _FORMATS:
        return _FORMATS[form]
    if texts := _candidates(pattern, least, most):
        return choose.choice(texts)
    return text_of(pattern, least, most) if pattern else "a" * least


def _number(limit: object, otherwise: int) -> Any:
    return otherwise if isinstance(limit, bool | None) else limit


_LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


def number(choose: random.Random, schema: Mapping[str, Any], *, whole: bool) -> float:
    """A number within the limits, a whole one where it must be."""
    kept = _numbers(*map(schema.get, _LIMITS), whole=whole)
    if not kept:
        raise NoValueError(schema)
    return choose.choice(kept)


@lru_cache(maxsize=None, typed=True)  # 1, 1.0 and true are equal
def _numbers(  # the limits of JSON Schema
    minimum: Any, maximum: Any, above: Any, below: Any, step: Any, *, whole: bool
) -> tuple[float, ...]:
    """The numbers within limits."""
    low = _number(above, -_MOST << 12) if minimum is None else minimum
    high = _number(below, _MOST << 12) if maximum is None else maximum
    unit = step or 1
    edges = [ceil(low / unit) * unit, floor(high / unit) * unit]
    edges += [edges[0] + unit, edges[1] - unit]
    found = [*edges, *_NUMBERS] if whole else [low, high, *_NUMBERS, *_FRACTIONS]
    # A CRD says with a boolean that a limit is exclusive, JSON Schema with a number.
    ends = ((above, low), (below, high))
    outside = [limit if said is True else said for said, limit in ends if said is not False]
    kept = [n for n in found if low <= n <= high and n not in outside and not (step and n % step)]
    return tuple(kept)
