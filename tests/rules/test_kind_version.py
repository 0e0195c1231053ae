"""Custom resources are checked by the version that their cluster deploys, and messages name it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kubestrata.bindings import generate
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Manifest
from kubestrata.rules.catalogue import all_rules
from kubestrata.rules.chart_origin import ChartOrigin
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location, Severity

RULES = {rule.id: rule for rule in all_rules()}
PLACE = Location("crds/dashboards.yaml", 1)
RELEASE = Identity("helm.toolkit.fluxcd.io", "HelmRelease", "monitoring", "grafana")
GROUP = "grafana.integreatly.org"
FIX = "leave it out, or upgrade what defines the kind"


def crd(*fields: str, **labels: str) -> Manifest:
    """Return the CRD of GrafanaDashboard, with some fields of its spec."""
    spec = {
        "type": "object",
        "properties": {
            name: {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
            for name in ("instanceSelector", *fields)
        },
    }
    version = {
        "name": "v1beta1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"grafanadashboards.{GROUP}", "labels": labels},
        "spec": {
            "group": GROUP,
            "names": {"kind": "GrafanaDashboard", "plural": "grafanadashboards"},
            "scope": "Namespaced",
            "versions": [version],
        },
    }


DASHBOARD: Manifest = {
    "apiVersion": f"{GROUP}/v1beta1",
    "kind": "GrafanaDashboard",
    "metadata": {"name": "nodes", "namespace": "monitoring"},
    "spec": {
        "instanceSelector": {},
        "oci": {"path": "nodes.json", "reference": "registry.example.org/nodes:1"},
    },
}


def cluster(
    name: str, definition: Manifest | None, chart: ChartOrigin | None = None
) -> ClusterTree:
    one = Subject(identity_of(DASHBOARD), DASHBOARD, Location("a.yaml", 1))
    if definition is None:
        return ClusterTree(name, "1.35", [one])
    own = Subject(identity_of(definition), definition, PLACE, chart=chart)
    if chart is None:
        return ClusterTree(name, "1.35", [one, own])
    return ClusterTree(name, "1.35", [one], definitions=[own])


def chart(name: str, version: str) -> ChartOrigin:
    return ChartOrigin(RELEASE, name, version, f"{name}/crds/dashboards.yaml")


def found(tree: ClusterTree) -> list[tuple[str, str, str, Severity]]:
    rule = RULES["V01"]
    return [
        (each.path, each.message, each.fix, each.severity or rule.severity)
        for each in rule.check(tree)
    ]


def test_a_field_newer_than_the_chart_of_the_cluster_is_an_error_with_both_versions() -> None:
    tree = cluster("mycluster-0", crd(), chart("grafana-operator", "5.21.4"))
    message = "field `oci` is in grafana-operator 5.24.0; mycluster-0 runs 5.21.4"
    assert found(tree) == [("spec.oci", message, FIX, Severity.ERROR)]


def test_two_clusters_with_two_versions_of_one_operator_are_checked_by_their_own() -> None:
    old = cluster("mycluster-0", crd(), chart("grafana-operator", "5.21.4"))
    new = cluster("cloudlab", crd("oci"), chart("grafana-operator", "5.24.0"))
    assert [len(found(tree)) for tree in (old, new, old)] == [1, 0, 1]


@pytest.mark.parametrize(
    ("definition", "origin", "runs"),
    [
        (crd(), chart("kyverno", "3.7.1"), "chart kyverno 3.7.1"),
        (crd(), None, "the CRD of crds/dashboards.yaml:1"),
        (crd(**{"app.kubernetes.io/version": "v5.20.0"}), None, "5.20.0"),
    ],
)
def test_the_message_says_what_defines_the_kind(
    definition: Manifest, origin: ChartOrigin | None, runs: str
) -> None:
    ((_, message, _, _),) = found(cluster("home", definition, origin))
    assert message == f"field `oci` is in grafana-operator 5.24.0; home runs {runs}"


def test_a_field_that_no_version_has_is_an_unknown_field() -> None:
    wrong: Manifest = {**DASHBOARD, "spec": {"instanceSelector": {}, "toes": 5}}
    origin = chart("grafana-operator", "5.21.4")
    subjects = [
        Subject(identity_of(wrong), wrong, Location("a.yaml", 1)),
        Subject(identity_of(crd()), crd(), PLACE, chart=origin),
    ]
    ((_, message, _, _),) = found(ClusterTree("home", "1.35", subjects))
    assert message == "unknown field; there are instanceSelector"


def test_without_a_definition_the_bindings_check_the_kind() -> None:
    assert found(cluster("home", None)) == []


def _schemas(folder: Path, *definitions: Manifest) -> Path:
    """Return bindings as `check --schemas` makes them."""
    (folder / "crds.yaml").write_text(
        "\n---\n".join(map(json.dumps, definitions)), encoding="utf-8"
    )
    config = folder / "cdk8s.yaml"
    config.write_text(json.dumps({"imports": ["crds.yaml"]}), encoding="utf-8")
    generate(config, imports_dir=folder / "imports", mirror=None)
    return folder / "imports" / "kubeapis"


def test_named_schemas_come_before_the_bindings(tmp_path: Path) -> None:
    tree = ClusterTree(
        "home",
        "1.35",
        cluster("home", None).subjects,
        more_schemas=(_schemas(tmp_path, crd()),),
    )
    message = "field `oci` is in grafana-operator 5.24.0; the schema of `--schemas` lacks it"
    assert found(tree) == [("spec.oci", message, FIX, Severity.ERROR)]


def test_the_definition_of_the_cluster_comes_before_named_schemas(tmp_path: Path) -> None:
    own = cluster("home", crd("oci"), chart("grafana-operator", "5.24.0"))
    tree = replace(own, more_schemas=(_schemas(tmp_path, crd()),))
    assert found(tree) == []
