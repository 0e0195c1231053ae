"""Bootstrap of the root source and Kustomization, and sources of substitution."""

from __future__ import annotations

import pytest

from kubeapis import fluxcd, k8s
from kubestrata import Cluster, Component, Host, Platform, SubstituteFrom
from kubestrata.core.errors import DuplicateObject
from kubestrata.synth.cluster_tree import trees_of
from kubestrata.synth.synthesis import synthesize
from tests.small_platform import config_map, files, flux, kustomization, new_component


def cluster_of(**options: object) -> Cluster:
    return Cluster(
        Platform(), "c1", domain=Host("example.com"), delivery=flux(**options), kubernetes="1.35"
    )


def test_under_the_flux_operator_the_entry_has_no_root() -> None:
    cluster = cluster_of(bootstrap="operator")
    new_component(cluster)
    assert [path for path in files(cluster) if path.startswith("flux/")] == [
        "flux/web-kustomization.yaml",
        "flux/kustomization.yaml",
    ]
    assert kustomization(cluster, "web")["sourceRef"] == {
        "kind": "GitRepository",
        "name": "flux-system",
    }


def test_the_names_of_the_root_stay_taken() -> None:
    cluster = cluster_of(bootstrap="operator")
    new_component(cluster, "flux-system")
    with pytest.raises(DuplicateObject, match="Flux delivery of cluster c1 creates it already"):
        files(cluster)


def test_a_component_cannot_make_the_source_of_the_root() -> None:
    cluster = cluster_of(bootstrap="operator")
    home = new_component(cluster).home_namespace
    other = Component(cluster, "flux", layer="apps", namespace=home)
    spec = fluxcd.GitRepositorySpec(interval="1m", url="https://git.example.com/platform")
    metadata = k8s.ObjectMeta(name="flux-system", namespace="flux-system")
    fluxcd.GitRepository(other, "root", metadata=metadata, spec=spec)
    with pytest.raises(DuplicateObject, match="creates it already"):
        files(cluster)


def test_every_kustomization_of_such_a_cluster_is_checked() -> None:
    cluster = cluster_of(bootstrap="operator")
    config_map(new_component(cluster))
    platform = cluster.node.root
    assert isinstance(platform, Platform)
    (tree,) = trees_of(synthesize(platform))
    assert [unit.name for unit in tree.units] == ["web"]
    assert {each.identity.kind for each in tree.subjects} == {
        "ConfigMap",
        "Kustomization",
        "Namespace",
    }


def test_only_sources_whose_keys_are_used_are_named() -> None:
    facts = SubstituteFrom("ConfigMap", "facts", ("region", "zone"))
    login = SubstituteFrom("Secret", "login", ("token",), optional=True)
    cluster = cluster_of(substitute_from=[facts, login])
    one, two = new_component(cluster, "one"), new_component(cluster, "two")
    config_map(one, where=cluster.placeholder("zone"))
    config_map(two, token=cluster.placeholder("token"), where=cluster.placeholder("region"))
    new_component(cluster, "three")
    assert kustomization(cluster, "one")["postBuild"] == {
        "substituteFrom": [{"kind": "ConfigMap", "name": "facts"}]
    }
    assert kustomization(cluster, "two")["postBuild"] == {
        "substituteFrom": [
            {"kind": "ConfigMap", "name": "facts"},
            {"kind": "Secret", "name": "login", "optional": True},
        ]
    }
    assert "postBuild" not in kustomization(cluster, "three")
