"""A keyword that cannot be read disables nothing but itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kubestrata.rules.checked_object import coverage
from kubestrata.rules.engine import Report
from kubestrata.rules.formats import as_json, as_text
from kubestrata.rules.subject import ClusterTree
from kubestrata.schema import KindSchema, KubernetesDefinitions, LazySchema, installed
from tests.bindings.project import Project, crd, version
from tests.rules.fixture import fixture_tree

LATER = {"type": "string", "maxLength": 2}


def kind_schema(fields: dict[str, Any], known: dict[str, Any] | None = None) -> KindSchema:
    kind = next(each for each in installed().versions("cert-manager.io", "Certificate"))
    spec = {"type": "object", "properties": {**fields, "later": LATER}}
    return KindSchema(
        kind,
        LazySchema(
            lambda: (
                {"type": "object", "properties": {"spec": spec}},
                KubernetesDefinitions(known),
            ),
            bytes,
        ),
    )


def faults(schema: KindSchema, **spec: object) -> list[str]:
    return [f"{each.path}: {each.message}" for each in schema.validate({"spec": spec}).faults]


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ({"type": "integer", "maximum": 9, "exclusiveMaximum": True}, 8, 9),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, 2, 1),
        ({"type": "integer", "maximum": 9, "exclusiveMaximum": False}, 9, 10),
        ({"type": "integer", "exclusiveMaximum": True}, 99, "a"),
        ({"type": "array", "items": {"maximum": 1, "exclusiveMaximum": True}}, [0], [1]),
        ({"anyOf": [{"maximum": 1, "exclusiveMaximum": True}, {"minimum": 5}]}, 0, 1),
    ],
)
def test_limits_are_exclusive_as_crds_write_it(
    field: dict[str, Any], good: object, bad: object
) -> None:
    schema = kind_schema({"field": field})
    assert faults(schema, field=good) == []
    assert len(faults(schema, field=bad)) == 1
    assert len(faults(schema, later="abc")) == 1
    assert schema.unchecked == ()


@pytest.mark.parametrize(
    ("field", "named"),
    [
        ({"type": "string", "pattern": "(?=a)b"}, "spec.field: pattern: "),
        ({"type": "string", "pattern": "(?<n>"}, "spec.field: pattern: "),
        ({"type": "sting"}, "spec.field: type: "),
        ({"type": "string", "maxLength": -1}, "spec.field: maxLength: "),
        ({"type": "number", "multipleOf": 0}, "spec.field: multipleOf: "),
        ({"type": "array", "items": {"type": "text"}}, "spec.field[]: type: "),
        ({"anyOf": [{"pattern": "(?=a)b"}]}, "spec.field: pattern: "),
        ({"anyOf": []}, "spec.field: anyOf: "),
        ({"$ref": "#/definitions/none"}, "spec.field: $ref: "),
    ],
)
def test_only_the_unreadable_keyword_is_left_out(field: dict[str, Any], named: str) -> None:
    kept = {"type": "string", "pattern": "^[a-c]+$"}
    schema = kind_schema({"field": field, "pattern": kept})
    assert schema.fault == ""
    assert [str(each).startswith(named) for each in schema.unchecked] == [True]
    assert len(faults(schema, later="abc")) == 1
    assert len(faults(schema, pattern="xyz")) == 1
    assert faults(schema, pattern="abc") == []


def test_keywords_beside_an_unreadable_one_are_checked() -> None:
    schema = kind_schema({"field": {"type": "string", "pattern": "(?=a)b", "maxLength": 2}})
    assert faults(schema, field="ab") == []
    assert len(faults(schema, field="abc")) == 1
    assert len(faults(schema, field=1)) == 1


@pytest.mark.parametrize(
    "field",
    [
        {"type": "object"},
        {"type": "object", "properties": {}},
        {"type": "array", "items": {"type": "object"}},
        {"type": "object", "additionalProperties": {"type": "object"}},
    ],
)
def test_a_field_that_the_server_would_drop_is_rejected(field: dict[str, Any]) -> None:
    schema = kind_schema({"field": field})
    inner = {"array": [{"a": 1}], "object": {"a": 1}}[field["type"]]
    value = {"a": {"a": 1}} if field.get("additionalProperties") else inner
    [fault] = faults(schema, field=value)
    assert "the schema declares no fields here, so the API server would drop it" in fault
    empty: object = {"a": {}} if field.get("additionalProperties") else {}
    assert faults(schema, field=[empty] if field["type"] == "array" else empty) == []


@pytest.mark.parametrize(
    "more", [{"x-kubernetes-preserve-unknown-fields": True}, {"additionalProperties": True}]
)
def test_an_object_that_preserves_unknown_fields_accepts_them(more: dict[str, Any]) -> None:
    assert faults(kind_schema({"field": {"type": "object", **more}}), field={"a": 1}) == []


def test_an_embedded_resource_has_only_identity_fields() -> None:
    schema = kind_schema({"field": {"type": "object", "x-kubernetes-embedded-resource": True}})
    head = {"apiVersion": "v1", "kind": "Pod", "metadata": {"labels": {"a": "b"}}}
    assert faults(schema, field=head) == []
    assert len(faults(schema, field={**head, "spec": {}})) == 1


def test_a_field_of_kubernetes_that_the_kind_omits_is_rejected() -> None:
    """The type is Kubernetes' own and has the field; the kind's schema does not."""
    text = {"type": "string"}
    effects = dict.fromkeys(("effect", "key", "operator", "value"), text)
    toleration = {"type": "object", "properties": effects}
    schema = kind_schema({"tolerations": {"type": "array", "items": toleration}})
    [fault] = faults(schema, tolerations=[{"key": "a", "tolerationSeconds": 3}])
    assert fault.startswith("spec.tolerations[0].tolerationSeconds: unknown field")


def test_check_counts_and_lists_unreadable_keywords(tmp_path: Path) -> None:
    project = Project(tmp_path)
    odd = {"type": "string", "pattern": "(?=a)b"}
    project.write("a.yaml", crd(version({"field": odd})), package="made")
    project.generate()
    manifest = tmp_path / "widget.yaml"
    manifest.write_text(
        "apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: a, namespace: b}\nspec: {}\n"
    )
    tree = ClusterTree("a", "1.35", fixture_tree(manifest).subjects, schemas=project.tree)
    found = coverage(tree)
    [keyword] = found.keywords
    assert keyword.startswith("Widget v1: spec.field: pattern: ")
    report = Report("a", 1, (), unchecked_keywords=found.keywords)
    assert "1 schema keywords not checked" in as_text.render([report])
    assert f"a: schema keyword not checked: {keyword}" in as_text.render([report])
    assert as_json.document([report])["counts"]["keywords_not_checked"] == 1
