"""oneOf, anyOf, allOf and not, as the docstring of a class says them."""

from __future__ import annotations

from typing import Any

import pytest

from kubestrata.bindings.shape.restriction import restrictions_of
from tests.bindings.project import Project, crd, version


def needs(*names: str) -> dict[str, Any]:
    return {"required": list(names)}


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({}, ()),
        ({"oneOf": [needs("a"), needs("b", "c")]}, ("exactly one of: a, b + c",)),
        ({"anyOf": [needs("a"), needs("b")]}, ("at least one of: a, b",)),
        ({"not": needs("a", "b")}, ("not: a + b",)),
        ({"not": {"anyOf": [needs("a"), needs("b")]}}, ("not: a | b",)),
        ({"oneOf": [needs("a"), {"not": needs("a")}]}, ("exactly one of: a, not (a)",)),
        ({"oneOf": [{**needs("a"), "not": needs("b")}]}, ("exactly one of: a, not (b)",)),
        ({"oneOf": [{"properties": {"a": {}}, **needs("a")}]}, ("exactly one of: a",)),
        ({"allOf": [{"properties": {"a": {"enum": [1]}}}]}, ("all of: ...",)),
        ({"allOf": [needs("a")], "not": {}}, ("all of: a", "not: ...")),
        ({"oneOf": "a", "anyOf": [], "not": 1, "allOf": [2]}, ("all of: ...", "not: ...")),
    ],
)
def test_what_is_said(schema: dict[str, Any], said: tuple[str, ...]) -> None:
    assert restrictions_of(schema) == said


def test_the_class_and_the_kind_say_it(project: Project) -> None:
    part = {"type": "object", "properties": {"a": {"type": "integer"}}, "not": needs("a")}
    definition = crd(version({"part": part}))
    schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["oneOf"] = [needs("spec"), needs("specs")]
    made = project.make(definition)
    assert "\n    not: a\n" in made.WidgetSpecPart.__doc__
    assert "\n    exactly one of: spec, specs\n" in made.Widget.__doc__


def test_a_hostile_restriction_stays_text(project: Project) -> None:
    part: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "integer"}}}
    part["oneOf"] = [needs('"""\nimport os\n', "\\")]
    made = project.make(crd(version({"part": part})))
    assert "import os" in made.WidgetSpecPart.__doc__
    assert "\nimport os" not in project.source("made/v1/widget.py")
