"""Field types: what each kind of schema becomes, and what it renders."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kubestrata.core.errors import InvalidBody
from kubestrata.core.origin import Origin
from kubestrata.core.render import render
from kubestrata.core.struct import NULL
from tests.bindings.project import Captured, Project, crd, version

INTEGER = {"type": "integer"}
STRING = {"type": "string"}


def declared(project: Project, field: dict[str, Any]) -> str:
    project.make(crd(version({"field": field}, required=["field"])))
    text = project.source("made/v1/widget.py").split("class WidgetSpec(")[1]
    return text.split('"""')[2].split("\n\n\n")[0].strip()


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (STRING, "str"),
        (INTEGER, "int"),
        ({"type": "number"}, "float"),
        ({"type": "boolean"}, "bool"),
        ({"type": "array", "items": STRING}, "Sequence[str]"),
        ({"type": "array"}, "Sequence[Json]"),
        ({"type": "object", "additionalProperties": INTEGER}, "Mapping[str, int]"),
        ({"type": "object"}, "EmptyObject"),
        ({"type": "object", "properties": {}}, "EmptyObject"),
        ({"type": "object", "additionalProperties": False}, "EmptyObject"),
        ({"type": "object", "nullable": True}, "EmptyObject | Null"),
        ({"type": "object", "additionalProperties": True}, "JsonObject"),
        ({"type": "object", "additionalProperties": {}}, "JsonObject"),
        ({"type": "object", "x-kubernetes-preserve-unknown-fields": True}, "JsonObject"),
        ({"type": "array", "items": {"type": "object"}}, "Sequence[EmptyObject]"),
        (
            {"type": "object", "additionalProperties": {"type": "object"}},
            "Mapping[str, EmptyObject]",
        ),
        ({"x-kubernetes-preserve-unknown-fields": True}, "Json | Null"),
        ({}, "Json | Null"),
        ({"nullable": True}, "Json | Null"),
        ({"type": "object", "x-kubernetes-embedded-resource": True}, "JsonObject"),
        ({"x-kubernetes-int-or-string": True, "anyOf": [INTEGER, STRING]}, "IntOrString"),
        ({"type": "string", "enum": ["", "*", "5xx", "None", "a'\"b"]}, None),
        ({"type": "integer", "enum": [301, 302]}, "Literal[301, 302]"),
        ({"type": "string", "enum": ["a", "A"]}, "Literal['a', 'A']"),
        ({"type": "boolean", "enum": [True]}, "bool"),
        ({"type": "number", "enum": [0.5]}, "float"),
        ({"type": "string", "nullable": True}, "str | Null"),
        ({"type": "array", "items": {**STRING, "nullable": True}}, "Sequence[str | Null]"),
        ({"type": "object", "properties": {"a": INTEGER}}, "WidgetSpecField"),
        (
            {
                "type": "object",
                "properties": {"a": INTEGER},
                "x-kubernetes-preserve-unknown-fields": True,
            },
            "Open[WidgetSpecField]",
        ),
        ({"type": "object", "properties": {'a"b': INTEGER}}, "JsonObject"),
        ({"type": "object", "properties": {'a"b': INTEGER, "a": STRING}}, "Open[WidgetSpecField]"),
        ({"oneOf": [STRING, INTEGER], "type": "string"}, "str"),
        ({"oneOf": [STRING, {"type": "array", "items": STRING}]}, "str | Sequence[str]"),
        ({"anyOf": [STRING, {"type": "boolean"}]}, "str | bool"),
        ({"anyOf": [STRING, {"type": "boolean"}], "nullable": True}, "str | bool | Null"),
        ({"anyOf": [STRING, {"minLength": 1}]}, "Json | Null"),
        ({"anyOf": [STRING, {"type": "object"}]}, "Json | Null"),
        ({"enum": ["auto", True, 3]}, "Literal['auto', 3] | bool"),
        ({"type": "string", "enum": ["auto", True]}, "Literal['auto']"),
        ({"type": "number", "enum": [1, 1.5]}, "float"),
        ({"enum": [["a"], "b"]}, "Json | Null"),
    ],
)
def test_each_schema_has_its_type(
    project: Project, schema: dict[str, Any], expected: str | None
) -> None:
    if expected is None:
        expected = "Literal['', '*', '5xx', 'None', 'a\\'\"b']"
    assert declared(project, schema) == f"field: {expected}"


def test_an_enum_takes_its_values_only(project: Project) -> None:
    made = project.make(crd(version({"mode": {"type": "string", "enum": ["Replace", "replace"]}})))
    assert msgspec.convert({"mode": "replace"}, made.WidgetSpec).mode == "replace"
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"mode": "REPLACE"}, made.WidgetSpec)


def test_none_leaves_out_and_null_is_written(project: Project) -> None:
    made = project.make(crd(version({"a": {**STRING, "nullable": True}, "b": STRING})))
    origin = Origin("chart.py", 1)
    assert render(made.WidgetSpec(a=None, b=None), origin, "Widget")[0] == {}
    assert render(made.WidgetSpec(a=NULL), origin, "Widget")[0] == {"a": None}
    with pytest.raises(InvalidBody):
        render(made.WidgetSpec(b=3), origin, "Widget")


def test_null_is_a_value_of_an_untyped_field(project: Project) -> None:
    made = project.make(crd(version({"a": {}, "b": {}}, required=["b"])))
    origin = Origin("chart.py", 1)
    assert render(made.WidgetSpec(a=None, b=None), origin, "Widget")[0] == {"b": None}
    assert render(made.WidgetSpec(a=NULL, b=NULL), origin, "Widget")[0] == {"a": None, "b": None}
    assert "a: Json | Null | None = None" in project.source("made/v1/widget.py")


def test_required_fields_have_no_default(project: Project) -> None:
    made = project.make(crd(version({"a": STRING, "b": STRING}, required=["b"])))
    with pytest.raises(InvalidBody, match="needs the field 'b'"):
        made.WidgetSpec(a="x")


def test_required_with_a_default_is_optional_and_not_written(project: Project) -> None:
    made = project.make(crd(version({"a": {**STRING, "default": "x"}}, required=["a"])))
    assert msgspec.to_builtins(made.WidgetSpec()) == {}
    assert 'a: str, default "x"' in made.WidgetSpec.__doc__


def test_positional_arguments_are_refused(project: Project) -> None:
    made = project.make(crd())
    with pytest.raises(InvalidBody):
        made.WidgetSpec(1)


def test_wire_names_are_kept_exactly(project: Project) -> None:
    wires = [
        "from",
        "proxyURL",
        "proxyUrl",
        "-Xmx",
        "$ref",
        "ref",
        "5xx",
        "str",
        "int",
        "日本",
        "a.b/c",
    ]
    made = project.make(crd(version(dict.fromkeys(wires, STRING))))
    given = dict.fromkeys(wires, "x")
    spec = msgspec.convert(given, made.WidgetSpec)
    assert msgspec.to_builtins(spec) == given
    assert spec.from_ == spec.proxy_url == spec.proxy_url_2 == spec.ref_2 == spec.str_ == "x"


def test_facts_are_in_the_docstring(project: Project) -> None:
    port = {"type": "integer", "format": "int32", "minimum": 1, "maximum": 65535}
    name = {"type": "string", "maxLength": 63, "pattern": "^[a-z]\\d+$"}
    names = {"type": "array", "items": STRING, "minItems": 1}
    made = project.make(crd(version({"thePort": port, "name": name, "names": names})))
    assert made.WidgetSpec.__doc__.splitlines()[2:-1] == [
        "    the_port (thePort): int, format int32, value 1..65535",
        "    name: str, length <= 63, pattern ^[a-z]\\d+$",
        "    names: Sequence[str], items >= 1",
    ]


def test_a_kind_hands_its_body_to_the_resource(project: Project, resources: list[Captured]) -> None:
    made = project.make(crd(scope="Cluster"))
    made.Widget(None, "one", spec=made.WidgetSpec(size=3))
    assert msgspec.to_builtins(resources[0]["body"]) == {"spec": {"size": 3}}
    assert resources[0]["id"] == "one"
    assert (made.Widget.api_version, made.Widget.kind) == ("example.org/v1", "Widget")
    assert made.Widget.namespaced is False


def test_top_level_fields_do_not_hide_the_parameters(
    project: Project, resources: list[Captured]
) -> None:
    definition = crd()
    schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["properties"] = {"scope": STRING, "id": STRING, "self": STRING, "status": STRING}
    schema["required"] = []
    made = project.make(definition)
    made.Widget(None, "one", scope_="a", id_="b", self_="c")
    body = resources[0]["body"]
    assert msgspec.to_builtins(body) == {"scope": "a", "id": "b", "self": "c"}
    assert msgspec.convert({"scope": "a"}, type(body)).scope_ == "a"


def test_a_kind_without_a_schema_takes_any_spec(
    project: Project, resources: list[Captured]
) -> None:
    definition = crd()
    definition["spec"]["versions"][0]["schema"] = {"openAPIV3Schema": {}}
    project.make(definition).Widget(None, "one", spec={"a": [1, None]})
    assert msgspec.to_builtins(resources[0]["body"]) == {"spec": {"a": [1, None]}}


def test_a_kind_whose_schema_keeps_no_fields_has_no_spec(project: Project) -> None:
    definition = crd()
    definition["spec"]["versions"][0]["schema"] = {"openAPIV3Schema": {"type": "object"}}
    with pytest.raises(InvalidBody, match="has no field 'spec'"):
        project.make(definition).Widget(None, "one", spec={"a": 1})


def test_an_open_struct_also_takes_a_mapping(project: Project) -> None:
    field = {
        "type": "object",
        "properties": {"a": INTEGER},
        "x-kubernetes-preserve-unknown-fields": True,
    }
    made = project.make(crd(version({"field": field})))
    for given in (made.WidgetSpecField(a=1), {"a": 1}):
        plain = msgspec.to_builtins(made.WidgetSpec(field=given))
        assert plain == {"field": {"a": 1}}
        msgspec.convert({"field": {"a": 1, "b": {}}}, made.WidgetSpec)
