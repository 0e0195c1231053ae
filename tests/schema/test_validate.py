"""Objects are validated by the schemas of the bindings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kubestrata.core.identity import identity_of
from kubestrata.rules.catalogue import rules_of
from kubestrata.rules.checked_object import coverage
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location
from kubestrata.schema import Catalogue, KindSchema, KubernetesDefinitions, LazySchema, installed
from kubestrata.schema.strict import compiled, strict
from tests.rules.fixture import FIXTURES, fixture_tree, told

RULES = {rule.id: rule for rule in rules_of("schema")}


def faults(schema: dict[str, Any], value: Any) -> list[str]:
    return [error.message for error in compiled(strict(schema)).iter_errors(value)]


def test_unknown_fields_are_rejected_where_an_object_is_described() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    assert faults(schema, {"b": 1}) != []
    assert faults({**schema, "x-kubernetes-preserve-unknown-fields": True}, {"b": 1}) == []


def test_a_schema_that_only_restricts_allows_unknown_fields() -> None:
    narrow = {"properties": {"a": {"properties": {"b": {"enum": [1]}}}}}
    schema = {"properties": {"a": {"type": "object", "properties": {"b": {}, "c": {}}}}}
    assert faults({**schema, "anyOf": [narrow]}, {"a": {"b": 1, "c": 2}}) == []


def test_extensions_of_kubernetes_are_types() -> None:
    assert faults({"x-kubernetes-int-or-string": True}, "25%") == []
    assert faults({"x-kubernetes-int-or-string": True}, 1.5) != []
    assert faults({"type": "string", "nullable": True}, None) == []


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("duration", "1h30m", "P1D"),
        ("date-time", "2024-05-01T00:00:00Z", "yesterday"),
        ("ipv4", "10.0.0.1", "10.0.0"),
        ("cidr", "10.0.0.0/8", "10.0.0.0"),
        ("byte", "YQ==", "a b"),
        ("uri", "anything", 1),
    ],
)
def test_formats_are_those_of_kubernetes(name: str, good: str, bad: Any) -> None:
    schema = {"type": "string", "format": name}
    assert faults(schema, good) == []
    assert faults(schema, bad) != []


@pytest.mark.usefixtures("returned_memory")
def test_every_kind_of_the_bindings_can_be_validated() -> None:
    known = Catalogue(*installed().folders)
    index = json.loads((known.folders[0] / "_index.json").read_text())
    for each in index:
        group = f"{each['group']}/" if each["group"] else ""
        schema = known.get(f"{group}{each['version']}", each["kind"])
        assert schema is not None
        empty = {"apiVersion": group + each["version"], "kind": each["kind"], "metadata": {}}
        schema.validate(schema.filled(empty))
        list(schema.rule_faults(schema.filled(empty), set()))
        assert not schema.rules.unchecked, schema.kind


def test_a_tree_without_bindings_validates_no_kind(tmp_path: Path) -> None:
    tree = fixture_tree(FIXTURES / "V04" / "unknown-kind.yaml")
    bare = ClusterTree("bare", "1.35", tree.subjects, schemas=tmp_path)
    assert told(RULES["V04"], bare) == []
    assert coverage(bare).checked == 0
    assert Catalogue(tmp_path).is_empty


def test_a_pattern_that_only_go_reads_is_left_out() -> None:
    known = next(each for each in installed().versions("cert-manager.io", "Certificate"))
    odd = {"type": "string", "pattern": "(?=a)b", "maxLength": 2}
    spec = {"type": "object", "properties": {"a": odd, "pattern": {"type": "integer"}}}
    schema = KindSchema(
        known,
        LazySchema(
            lambda: ({"type": "object", "properties": {"spec": spec}}, KubernetesDefinitions()),
            bytes,
        ),
    )
    assert schema.validate({"spec": {"a": "x", "pattern": 1}}).fits
    found = schema.validate({"spec": {"a": "xyz", "pattern": "1"}}).faults
    assert [each.path for each in found] == ["spec.a", "spec.pattern"]


def test_a_kustomization_can_set_the_namespace() -> None:
    objects = fixture_tree(FIXTURES / "V05" / "names.yaml").subjects
    config = next(each for each in objects if each.identity.kind == "ConfigMap")
    config = replace(config, manifest={**config.manifest, "data": {}})
    manifest = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": "shop", "namespace": "flux-system"},
        "spec": {"targetNamespace": "shop"},
    }
    unit = Subject(identity_of(manifest), manifest, config.place)
    below = replace(config, unit=unit.identity)
    tree = ClusterTree("a", "1.35", [unit, below])
    assert not any("metadata.namespace" in line for line in told(RULES["V05"], tree))
    bare = replace(unit, manifest={**manifest, "spec": {}})
    (line,) = told(RULES["V05"], ClusterTree("b", "1.35", [bare, below]))
    assert "metadata.namespace: is not set; a ConfigMap is namespaced" in line
    # kubectl applies it in its own namespace.
    assert told(RULES["V05"], ClusterTree("c", "1.35", [config])) == []


def test_rules_skip_values_only_where_flux_substitutes() -> None:
    manifest = {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": "${SPEC}",
    }
    subject = Subject(identity_of(manifest), manifest, Location("a", 1), is_open=True)
    tree = ClusterTree("a", "1.35", [subject])
    assert [line for rule in RULES.values() for line in told(rule, tree)] == []
    (line,) = told(RULES["V01"], ClusterTree("a", "1.35", [replace(subject, is_open=False)]))
    assert line.endswith("spec: must be an object, not the string '${SPEC}'")


def test_a_kind_declared_untyped_is_not_a_violation() -> None:
    tree = fixture_tree(FIXTURES / "V04" / "unknown-kind.yaml")
    declared = frozenset({("apps", "Deploymnet")})
    ours = ClusterTree("ours", "1.35", tree.subjects, untyped=declared)
    assert [line for line in told(RULES["V04"], tree) if "Deploymnet" in line]
    assert not [line for line in told(RULES["V04"], ours) if "Deploymnet" in line]


def test_versions_depend_on_the_kubernetes_of_the_cluster() -> None:
    tree = fixture_tree(FIXTURES / "V03" / "not-served.yaml")
    old = ClusterTree("old", "1.20", tree.subjects)
    assert not [line for line in told(RULES["V03"], old) if "CronJob" in line]
    near = ClusterTree("near", "1.24", tree.subjects)
    told_near = [line for line in told(RULES["V03"], near) if "CronJob" in line]
    message = "batch/v1beta1 CronJob is deprecated since 1.21 and not served from 1.25"
    assert told_near == [f"CronJob.batch shop/web apiVersion: {message} [write batch/v1]"]


def test_coverage_lists_objects_without_a_schema() -> None:
    found = coverage(fixture_tree(FIXTURES / "V01" / "clean.yaml"))
    assert found.checked == 2
    assert [str(each) for each in found.unchecked] == ["Unknown.example.org flux-system/apps"]
    assert found.rules == ()


def test_a_variable_may_become_what_one_of_the_alternatives_wants() -> None:
    known = next(each for each in installed().versions("cert-manager.io", "Certificate"))
    either = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^[0-9]+%$"}]}
    exactly = {"oneOf": [{"enum": ["a"]}, {"enum": ["b"]}]}
    spec = {"type": "object", "properties": {"a": either, "b": exactly}}
    schema = KindSchema(
        known,
        LazySchema(
            lambda: ({"type": "object", "properties": {"spec": spec}}, KubernetesDefinitions()),
            bytes,
        ),
    )
    open_value = {"spec": {"a": "${SHARE}", "b": "${LETTER}"}}
    assert schema.validate(open_value, substituted=True).faults == ()
    refused = schema.validate(open_value).faults
    assert [each.path for each in refused] == ["spec.a", "spec.b"]
    assert [each.path for each in schema.validate({"spec": {"a": "x", "b": "c"}}).faults] == [
        "spec.a",
        "spec.b",
    ]
