"""Kinds that keep unknown fields at their top level take them by one keyword."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from kubestrata import Component
from kubestrata.core.errors import InvalidBody
from tests.bindings.project import Captured, Project, crd
from tests.small_platform import new_cluster, new_component

STRING = {"type": "string"}


def made(project: Project, **schema: Any) -> Any:
    definition = crd()
    definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"] |= {"required": [], **schema}
    return project.make(definition).Widget


def web() -> Component:
    return new_component(new_cluster())


OPEN = {"x-kubernetes-preserve-unknown-fields": True}


def test_unknown_fields_are_written_beside_the_known_ones(project: Project) -> None:
    widget = made(project, **OPEN)
    written = widget(web(), "one", unknown_fields={"data": {"a": [1, None]}, "b": None}).body
    assert written == {
        "apiVersion": "example.org/v1",
        "kind": "Widget",
        "metadata": {"name": "one", "namespace": "web"},
        "data": {"a": [1, None]},
        "b": None,
    }


def test_references_in_unknown_fields_make_edges(project: Project) -> None:
    component = web()
    widget = made(project, **OPEN)
    first = widget(component, "one")
    second = widget(component, "two", unknown_fields={"next": first.name})
    assert second.references == (first.ref,)
    assert second.body["next"] == "one"


@pytest.mark.parametrize("wire", ["apiVersion", "kind", "metadata", "spec"])
def test_unknown_fields_refuse_a_known_field(project: Project, wire: str) -> None:
    with pytest.raises(InvalidBody, match=rf"Widget\.{wire}: is a known field"):
        made(project, **OPEN)(web(), "one", unknown_fields={wire: {}})


def test_a_field_of_that_name_keeps_its_own_keyword(
    project: Project, resources: list[Captured]
) -> None:
    widget = made(project, properties={"unknownFields": STRING}, **OPEN)
    widget(None, "one", unknown_fields_="a", unknown_fields={"b": 1})
    assert resources[0]["body"].unknown_fields_ == "a"
    assert resources[0]["unknown_fields"] == {"b": 1}


@pytest.mark.parametrize(
    ("schema", "is_open"),
    [
        ({}, False),
        ({"x-kubernetes-preserve-unknown-fields": False}, False),
        (OPEN, True),
        ({"additionalProperties": True}, True),
        ({"properties": {'a"b': STRING, "a": STRING}}, True),
        ({"properties": {}, **OPEN}, True),
    ],
)
def test_only_open_kinds_have_the_keyword(
    project: Project, schema: dict[str, Any], *, is_open: bool
) -> None:
    parameters = inspect.signature(made(project, **schema).__init__).parameters
    assert ("unknown_fields" in parameters) is is_open
