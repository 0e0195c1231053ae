"""The strict reading of schemas: what it refuses, and what it must not refuse."""

from __future__ import annotations

from typing import Any

import pytest

from tests.strict_schema import compiled, readable, strict

STRING = {"type": "string"}
BOTH: dict[str, Any] = {"type": "object", "properties": {"a": STRING, "b": STRING}}


def fits(schema: dict[str, Any], value: Any) -> bool:
    return compiled(strict(schema)).is_valid(value)


@pytest.mark.parametrize("key", ["allOf", "anyOf", "oneOf"])
def test_a_restriction_closes_nothing(key: str) -> None:
    schema = {**BOTH, key: [{"properties": {"a": {"minLength": 1}}, "required": ["a"]}]}
    assert fits(schema, {"a": "x", "b": "y"})
    assert not fits(schema, {"a": "", "b": "y"})
    assert not fits(schema, {"a": "x", "c": "y"})


def test_open_objects_stay_open() -> None:
    assert fits({**BOTH, "x-kubernetes-preserve-unknown-fields": True}, {"c": 1})
    assert not fits({**BOTH, "x-kubernetes-preserve-unknown-fields": False}, {"c": 1})


def test_null_needs_nullable_and_its_place_in_the_enum() -> None:
    assert fits({**STRING, "nullable": True}, None)
    assert not fits(STRING, None)
    assert not fits({**STRING, "nullable": True, "enum": ["a"]}, None)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("(?i)^abc$", "ABC", "abd"),
        ("^((?i)a|b)c$", "Ac", "AC"),
        ("^\\PC*$", "a", "\x00"),
    ],
)
def test_go_patterns_are_read_as_go_reads_them(pattern: str, yes: str, no: str) -> None:
    check = compiled({"pattern": readable(pattern)})
    assert check.is_valid(yes)
    assert not check.is_valid(no)
