"""Variables that come from outside of the tree."""

from __future__ import annotations

from pathlib import Path

from tests.rules.contract.world import contract, tree_in

WEB = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: shop}
data:
  region: ${region}
  zone: ${zone:=a}
  script: |
    echo ${HOME_OF_SCRIPT} ${region}
"""
OUTSIDE = """\
  postBuild:
    substitute: {known: a}
    substituteFrom: [{kind: ConfigMap, name: facts}, {kind: Secret, name: more}]
"""
INSIDE = """\
---
apiVersion: v1
kind: ConfigMap
metadata: {name: facts, namespace: flux-system}
data: {region: north}
"""


def test_variables_have_the_sources_that_are_not_in_the_tree(tmp_path: Path) -> None:
    found = contract(tree_in(tmp_path, WEB, build=OUTSIDE), "variable")
    sources = "ConfigMap flux-system/facts or Secret flux-system/more"
    assert found == [
        f"region of {sources}: ConfigMap data.region, ConfigMap data.script",
        f"zone of {sources} optional: ConfigMap data.zone",
    ]


def test_a_variable_that_the_tree_declares_is_no_need(tmp_path: Path) -> None:
    found = contract(tree_in(tmp_path, WEB + INSIDE, build=OUTSIDE), "variable")
    assert [each.partition(":")[0] for each in found] == [
        "zone of Secret flux-system/more optional"
    ]


def test_a_variable_comes_from_the_source_that_its_kustomizations_share(tmp_path: Path) -> None:
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps" / "pod.yaml").write_text(
        "apiVersion: v1\nkind: ServiceAccount\n"
        "metadata: {name: b, namespace: shop, annotations: {a: '${region}'}}\n"
    )
    apps = """\
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 10m
  path: ./apps
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild: {substituteFrom: [{kind: ConfigMap, name: facts}]}
"""
    (tmp_path / "kustomization.yaml").write_text("resources: [sync.yaml, web.yaml]\n")
    found = contract(tree_in(tmp_path, WEB, build=OUTSIDE + apps), "variable")
    assert [each.partition(":")[0] for each in found] == [
        "region of ConfigMap flux-system/facts",
        "zone of ConfigMap flux-system/facts or Secret flux-system/more optional",
    ]


def test_without_a_source_outside_of_the_tree_there_is_no_need(tmp_path: Path) -> None:
    build = "  postBuild: {substituteFrom: [{kind: ConfigMap, name: facts}]}\n"
    assert contract(tree_in(tmp_path, WEB + INSIDE, build=build), "variable") == []


def test_capitals_in_the_values_of_a_release_are_variables(tmp_path: Path) -> None:
    release = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop}
spec:
  values:
    config: |
      host: ${DOMAIN}
      label: ${instance}
"""
    found = contract(tree_in(tmp_path, release, build=OUTSIDE), "variable")
    assert [each.partition(" ")[0] for each in found] == ["DOMAIN"]
