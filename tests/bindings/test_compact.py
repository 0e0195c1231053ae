"""Schemas in which nothing stands twice say the same."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubestrata.bindings import expanded
from kubestrata.bindings.emit.compact import compact
from kubestrata.bindings.emit.prose import without_prose
from kubestrata.bindings.kind.custom_kind import CustomKind
from kubestrata.bindings.kind.custom_source import read_custom_kinds
from tests.bindings.project import MIRROR, Project, crd, needs_mirror, version

LONG: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 63}, "count": {"type": "integer"}},
}
TWICE: dict[str, Any] = {
    "type": "object",
    "properties": {"a": LONG, "b": {"type": "array", "items": LONG}, "once": {**LONG, "x": 1}},
}
NAMES = st.sampled_from(["a", "items", "properties", "not", "$defs", "default", "type"])
LEAVES = st.sampled_from([{"type": "string"}, {"default": {"properties": {"a": {}}}}, LONG, {}])


def inner(parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"type": st.just("object")},
        optional={
            "properties": st.dictionaries(NAMES, parts, max_size=3),
            "items": parts,
            "not": parts,
            "additionalProperties": st.one_of(parts, st.booleans()),
            "anyOf": st.lists(parts, max_size=3),
            "enum": st.just([{"properties": {"a": LONG}}]),
        },
    )


@given(st.recursive(LEAVES, inner, max_leaves=30))
def test_what_was_taken_out_can_be_put_back(schema: dict[str, Any]) -> None:
    before = json.dumps(schema)
    small = compact(schema)
    assert json.loads(before) == expanded(json.loads(json.dumps(small)))
    assert json.dumps(schema) == before


def test_a_repeated_part_is_written_once() -> None:
    small = compact(TWICE)
    assert len(small["$defs"]) == 1
    assert small["properties"]["a"] == small["properties"]["b"]["items"]
    assert small["properties"]["once"] == {**LONG, "x": 1}


def test_a_part_keeps_its_name_when_others_change() -> None:
    other = {**TWICE, "properties": {"first": {"type": "string"}, **TWICE["properties"]}}
    assert compact(other)["$defs"] == compact(TWICE)["$defs"]


def test_a_part_of_a_part_that_repeats_is_not_taken_out() -> None:
    outer = {"type": "object", "properties": {"inner": LONG, "other": {"type": "integer"}}}
    small = compact({"properties": {"a": outer, "b": outer}})
    assert [*small["$defs"].values()] == [outer]


def test_references_of_others_are_left_alone() -> None:
    for key in ("$ref", "$defs", "definitions"):
        schema = {"properties": {"a": LONG, "b": LONG, "c": {"properties": {"d": {key: "x"}}}}}
        assert compact(schema) is schema
    assert "$defs" in compact({"properties": {"$ref": LONG, "definitions": LONG}})


def test_it_validates_as_before(project: Project) -> None:
    project.make(crd(version(TWICE["properties"])))
    kept = json.loads(project.source("made/_schemas/v1/widget.json"))
    assert "$defs" in kept
    check = jsonschema_rs.validator_for(kept)
    assert check.is_valid({"spec": {"a": {"name": "a"}, "b": [{"count": 1}]}})
    assert not check.is_valid({"spec": {"b": [{"count": "1"}]}})


@needs_mirror
@pytest.mark.parametrize("name", ["argo-cd", "victoriametrics-operator", "kro", "crossplane"])
def test_the_largest_schemas_come_back(name: str) -> None:
    for path in sorted((MIRROR / "crds" / name).glob("*.yaml")):
        for kind in read_custom_kinds([path.read_text()], path.name):
            assert isinstance(kind, CustomKind)
            for each in kind.versions:
                schema = without_prose(each.schema)
                assert expanded(compact(schema)) == schema
