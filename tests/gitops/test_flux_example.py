"""Flux's own example repository for two clusters is read completely and without findings.

Its apps are patched per cluster, its artifacts are copied by an ArtifactGenerator, and what
`flux bootstrap` writes is not in it yet.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from kubestrata.core.json_value import mapping
from kubestrata.gitops import from_folder
from kubestrata.rules.subject import ClusterTree
from tests.conftest import ROOT
from tests.gitops.checking import told

EXAMPLE = ROOT.parent / "shared" / "corpus" / "flux2-kustomize-helm-example"


@pytest.fixture(scope="module")
def clusters() -> Mapping[str, ClusterTree]:
    if not EXAMPLE.is_dir():
        pytest.skip("no corpus beside the repository")
    return {tree.name: tree for tree in from_folder(EXAMPLE)}


def test_both_clusters_are_found_and_clean(clusters: Mapping[str, ClusterTree]) -> None:
    assert {name: told(tree) for name, tree in clusters.items()} == {
        "production": [],
        "staging": [],
    }


@pytest.mark.parametrize("name", ["production", "staging"])
def test_every_unit_is_rendered_with_its_patches(
    clusters: Mapping[str, ClusterTree], name: str
) -> None:
    tree = clusters[name]
    assert {one.name: unit.complete for one, unit in tree.units.items()} == {
        "apps": True,
        "infra-configs": True,
        "infra-controllers": True,
    }
    (podinfo,) = [
        each
        for each in tree.of_kind("helm.toolkit.fluxcd.io", "HelmRelease")
        if each.identity.name == "podinfo"
    ]
    hosts = mapping(mapping(podinfo.spec["values"])["httpRoute"])["hostnames"]
    assert hosts == [f"podinfo.{name}"]
    assert str(podinfo.place) == "apps/base/podinfo/release.yaml:1"
    (issuer,) = tree.of_kind("cert-manager.io", "ClusterIssuer")
    server = mapping(issuer.spec["acme"])["server"]
    assert ("staging" in server) == (name == "staging")
    assert str(issuer.place) == "infrastructure/configs/cluster-issuers.yaml:2"


def test_files_that_bootstrap_writes_later_are_reported_missing(
    clusters: Mapping[str, ClusterTree],
) -> None:
    for name, tree in clusters.items():
        assert [str(each.place) for each in tree.unchecked] == [
            f"clusters/{name}/flux-system/kustomization.yaml:4",
            f"clusters/{name}/flux-system/kustomization.yaml:5",
        ]


def test_providers_of_crds_are_known_from_the_charts(
    clusters: Mapping[str, ClusterTree],
) -> None:
    provides = clusters["staging"].provides
    assert provides["cert-manager.io"].name == "cert-manager"
    assert provides["gateway.networking.k8s.io"].name == "envoy-gateway"
