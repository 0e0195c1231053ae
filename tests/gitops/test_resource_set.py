"""Objects in a ResourceSet of the Flux Operator are checked; templates are noted."""

from __future__ import annotations

from pathlib import Path

from kubestrata.gitops import from_folder
from tests.gitops.repository import config_map, repository, unit

SET = """apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata: {name: tenants, namespace: flux-system}
spec:
  inputs: [{tenant: shop}]
  commonMetadata: {labels: {team: shop}}
  resources:
    - apiVersion: v1
      kind: ConfigMap
      metadata: {name: plain, namespace: shop, labels: {a: b}}
    - apiVersion: v1
      kind: ConfigMap
      metadata: {name: << inputs.tenant >>, namespace: shop}
    - apiVersion: v1
      kind: ConfigMap
      metadata:
        name: disabled
        namespace: shop
        annotations: {fluxcd.controlplane.io/reconcile: disabled}
    - kind: ConfigMap
    - apiVersion: kustomize.toolkit.fluxcd.io/v1
      kind: Kustomization
      metadata: {name: apps, namespace: flux-system}
      spec: {path: ./apps, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
  resourcesTemplate: |
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: %s, namespace: shop}
    data: {a: "1"}
"""
SET_IDENTITY = "ResourceSet.fluxcd.controlplane.io flux-system/tenants"


def test_objects_without_templates_are_in_the_tree_and_followed(tmp_path: Path) -> None:
    files = {
        "clusters/home/s.yaml": unit("sets"),
        "sets/set.yaml": SET % "written",
        "apps/a.yaml": config_map("below"),
    }
    (tree,) = from_folder(repository(tmp_path, files))
    found = {each.identity.name: each for each in tree.of_kind("", "ConfigMap")}
    assert sorted(found) == ["below", "plain", "written"]
    assert dict(found["plain"].labels) == {"a": "b", "team": "shop"}
    assert found["plain"].unit == tree.of_kind("fluxcd.controlplane.io", "ResourceSet")[0].unit
    assert str(found["plain"].place) == "sets/set.yaml:1"
    assert "apps" in {unit.name for unit in tree.units}
    assert [(each.what, each.why) for each in tree.unjudged] == [
        (
            f"ConfigMap shop/<< inputs.tenant >> of {SET_IDENTITY}",
            "has template expressions, which the Flux Operator evaluates",
        )
    ]
    assert [(each.path, each.message) for each in tree.faults] == [
        ("spec.resources[3]", "has no apiVersion, kind or name that is text")
    ]


def test_a_template_is_noted_as_a_whole(tmp_path: Path) -> None:
    files = {"clusters/home/set.yaml": SET % "<< inputs.tenant >>"}
    (tree,) = from_folder(repository(tmp_path, files))
    assert "resourcesTemplate of ResourceSet" in [each.what for each in tree.unjudged][-1]
    assert [each.identity.name for each in tree.of_kind("", "ConfigMap")] == ["plain"]


def test_an_invalid_template_is_reported(tmp_path: Path) -> None:
    files = {"clusters/home/set.yaml": SET % "[x", "apps/a.yaml": config_map("below")}
    (tree,) = from_folder(repository(tmp_path, files))
    assert [each.path for each in tree.faults] == ["spec.resources[3]", "spec.resourcesTemplate"]
