"""Shapes: equal structures are one class, and every path still has its name."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.bindings.project import Project, crd, version

REF: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "port": {"type": "integer"}},
}


def test_equal_shapes_are_one_class_under_the_shortest_name(project: Project) -> None:
    properties = {"backendRef": REF, "ref": REF, "refs": {"type": "array", "items": REF}}
    made = project.make(crd(version(properties)))
    assert made.WidgetSpecBackendRef is made.WidgetSpecRef is made.WidgetSpecRefs
    assert made.WidgetSpecRef.__name__ == "WidgetSpecRef"
    assert project.source("made/v1/widget.py").count("port: int | None = None") == 1


def test_different_facts_are_different_shapes(project: Project) -> None:
    other = {**REF, "properties": {**REF["properties"], "port": {"type": "integer", "minimum": 1}}}
    made = project.make(crd(version({"a": REF, "b": other})))
    assert made.WidgetSpecA is not made.WidgetSpecB


def test_descriptions_do_not_make_shapes_different(project: Project) -> None:
    made = project.make(crd(version({"a": REF, "b": {**REF, "description": "Another one."}})))
    assert made.WidgetSpecA is made.WidgetSpecB


def test_paths_with_one_name_get_distinct_names(project: Project) -> None:
    inner = {"type": "object", "properties": {"x": {"type": "integer"}}}
    properties = {"barBaz": REF, "bar": {"type": "object", "properties": {"baz": inner}}}
    made = project.make(crd(version(properties)))
    spec = msgspec.convert({"barBaz": {"name": "x"}, "bar": {"baz": {"x": 1}}}, made.WidgetSpec)
    assert type(spec.bar_baz) is not type(spec.bar.baz)
    assert type(spec.bar.baz) is made.WidgetSpecBarBaz
    assert type(spec.bar_baz) is made.WidgetSpec_BarBaz


def test_a_kind_may_have_the_name_of_an_import(project: Project) -> None:
    properties = {"a": {"type": "object", "additionalProperties": {"type": "string"}}}
    for kind in ("Mapping", "Struct", "Resource", "Literal", "Construct", "ObjectMeta", "None"):
        project.write(f"{kind}.yaml", crd(version(properties), kind=kind), package="made")
    project.generate()
    made = project.load("made")
    for kind in ("Mapping", "Struct", "Resource", "Literal", "Construct", "ObjectMeta"):
        spec = getattr(made, f"{kind}Spec")
        assert msgspec.to_builtins(msgspec.convert({"a": {"b": "c"}}, spec)) == {"a": {"b": "c"}}
        assert getattr(made, kind).kind == kind
    assert made.None_.kind == "None"


def test_a_lower_case_kind_is_a_class_and_not_its_module(project: Project) -> None:
    made = project.make(crd(kind="postgresql"))
    assert made.postgresql.kind == made.v1.postgresql.kind == "postgresql"
