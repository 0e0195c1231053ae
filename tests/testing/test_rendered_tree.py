"""Lookups of rendered objects, and messages that name what exists."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kubeapis import k8s
from kubestrata import Cluster, Component, Namespace
from kubestrata.constructs import KubernetesNetwork
from kubestrata.constructs.network import Network
from kubestrata.testing import RenderedTree, bare_cluster, full_cluster, new_component, render
from tests.testing.component import Shop


def settings(cluster: Cluster) -> None:
    for name in ("one", "two"):
        component = new_component(cluster, name)
        k8s.ConfigMap(component, "settings", data={"name": name})


def test_a_component_a_cluster_and_a_function_are_rendered_alike() -> None:
    cluster = full_cluster()
    component = Shop(cluster)
    assert render(component).yaml == render(cluster).yaml == render(Shop).yaml


def test_objects_of_the_fake_platform_are_not_rendered() -> None:
    assert render(Shop).names("Namespace") == ["shop"]
    assert render(full_cluster()).objects == []


def test_an_object_is_found_by_its_class_its_kind_and_its_group() -> None:
    rendered = render(Shop)
    found = [
        rendered.one(kind, "web") for kind in (k8s.Deployment, "Deployment", "Deployment.apps")
    ]
    assert found[0] == found[1] == found[2] == rendered.named("Deployment/shop/web")
    assert rendered.all("Deployment.batch") == []
    assert rendered.manifests(k8s.Deployment)[1] == found[0].manifest


def test_a_part_of_an_object_is_read_with_its_type() -> None:
    spec = render(Shop).one(k8s.Deployment, "web").read(k8s.DeploymentSpec)
    assert spec.replicas == 2
    assert spec.selector.match_labels == {"app.kubernetes.io/name": "web"}


def test_an_object_knows_the_line_that_created_it() -> None:
    assert "component.py:" in render(Shop).one("Deployment", "web").line


def test_a_namespace_tells_two_objects_of_one_name_apart() -> None:
    rendered = render(settings)
    found = rendered.one("ConfigMap", "settings", namespace="two")
    assert found.at("data.name") == "two"


MISSES: dict[str, tuple[Callable[[RenderedTree], object], str]] = {
    "a name": (
        lambda tree: tree.one(k8s.Deployment, "wbe"),
        "Deployment 'wbe': is not rendered; rendered: api, web\n  fix: write 'web'",
    ),
    "a kind": (
        lambda tree: tree.one("Deploiment"),
        "kind Deploiment: no object of it is rendered; rendered: CiliumNetworkPolicy, Deployment, ",
    ),
    "several": (
        lambda tree: tree.one("Deployment"),
        "shop/api, Deployment.apps shop/web\n  fix: pass a name or namespace=",
    ),
    "a namespace": (
        lambda tree: tree.one("Deployment", "web", namespace="other"),
        "Deployment 'web': is not in that namespace; rendered: Deployment.apps shop/api",
    ),
    "a text": (lambda tree: tree.named("web"), "fix: write 'Deployment/web'"),
    "a field": (
        lambda tree: tree.one("Deployment", "web").at("spec.replica"),
        "Deployment.apps shop/web: spec has no 'replica'; it has ",
    ),
    "an item": (
        lambda tree: tree.one("Deployment", "web").at("spec.template.spec.containers[3]"),
        "spec.template.spec.containers has 1 items, no [3]",
    ),
    "below a scalar": (
        lambda tree: tree.one("Deployment", "web").at("spec.replicas.min"),
        "spec.replicas is 2, without a field 'min'",
    ),
    "a type": (
        lambda tree: tree.one("Deployment", "web").read(k8s.ServiceSpec, "spec.replicas"),
        "spec.replicas is not a ServiceSpec",
    ),
}


@pytest.mark.parametrize("case", MISSES)
def test_a_miss_says_what_exists_and_what_is_nearest(case: str) -> None:
    look, expected = MISSES[case]
    with pytest.raises(AssertionError) as missed:
        look(render(Shop))
    assert expected in str(missed.value)


def test_an_offer_replaces_the_fake_one_of_its_kind() -> None:
    cluster = full_cluster(offers=[KubernetesNetwork()])
    assert isinstance(cluster.find(Network), KubernetesNetwork)
    assert render(Shop, cluster=cluster).all("CiliumNetworkPolicy") == []


def test_a_bare_cluster_provides_what_it_is_given() -> None:
    cluster = bare_cluster(offers=[KubernetesNetwork()], layers=["base", "apps"])
    assert cluster.find(Network) is not None
    assert new_component(cluster, "web").layer == "apps"


def test_a_kind_of_a_group_of_your_own_can_be_provided() -> None:
    cluster = full_cluster(groups=["shop.example.com"])
    assert "shop.example.com" in cluster.provided_groups


def test_components_of_another_layer_keep_it() -> None:
    cluster = full_cluster(layers=["first", "last"])
    home = Namespace("web", pod_security="restricted")
    assert Component(cluster, "web", layer="first", namespace=home).layer == "first"
