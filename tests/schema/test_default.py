"""Defaults are filled in as on the API server, and nothing is copied without need."""

from __future__ import annotations

from typing import Any

from kubestrata.schema.default import filled, filling

ITEM = {"properties": {"port": {"type": "integer"}, "protocol": {"default": "TCP"}}}
SCHEMA: dict[str, Any] = {
    "properties": {
        "kind": {"type": "string", "default": "Service"},
        "maybe": {"nullable": True, "default": 1},
        "ports": {"items": ITEM},
        "named": {"additionalProperties": ITEM},
        "inner": {"properties": {"depth": {"default": 2}}},
        "made": {"default": {}, "properties": {"depth": {"default": 3}}},
    }
}


def fill(value: Any) -> Any:
    return filled(filling(SCHEMA), value)


def test_absent_fields_get_their_defaults_in_lists_and_maps_too() -> None:
    assert fill({"ports": [{"port": 1}], "named": {"a": {}}}) == {
        "kind": "Service",
        "maybe": 1,
        "ports": [{"port": 1, "protocol": "TCP"}],
        "named": {"a": {"protocol": "TCP"}},
        "made": {"depth": 3},
    }


def test_an_absent_object_is_not_created_for_the_defaults_in_it() -> None:
    assert "inner" not in fill({})
    assert fill({"inner": {}})["inner"] == {"depth": 2}


def test_a_null_is_replaced_unless_the_field_may_be_null() -> None:
    found = fill({"kind": None, "maybe": None})
    assert (found["kind"], found["maybe"]) == ("Service", None)


def test_a_complete_value_is_not_copied_and_the_input_is_not_changed() -> None:
    full = fill({"ports": [{"port": 1}]})
    assert fill(full) is full
    given: dict[str, Any] = {"ports": [{"port": 1}]}
    fill(given)
    assert given == {"ports": [{"port": 1}]}


def test_a_schema_without_defaults_has_nothing_to_fill() -> None:
    assert filling({"properties": {"a": {"type": "string"}}}) is None
