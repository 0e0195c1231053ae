"""Projects of Argo CD where objects are created by others, or deleted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from kubeapis import k8s
from kubestrata import Cluster, Component, Platform, Retiring
from kubestrata.constructs import HelmRelease
from kubestrata.core.errors import InvalidValue
from kubestrata.delivery.argo_cd import ArgoLayout
from kubestrata.delivery.deliver import deliver
from kubestrata.plan.tree_diff import compare
from tests.delivery.argo import argo_cluster, entry, shelf
from tests.small_platform import chart, config_map, new_component

INGRESS = {"group": "networking.k8s.io", "kind": "Ingress"}


def cluster_with(
    *,
    ingress: bool,
    shop: bool = True,
    retiring: Sequence[Retiring] = (),
    layout: ArgoLayout = "applications",
) -> Cluster:
    cluster = argo_cluster(retiring=retiring, layout=layout)
    component = new_component(cluster)
    config_map(component)
    if ingress:
        k8s.Ingress(component, "web")
    if shop:
        config_map(new_component(cluster, "shop"))
    return cluster


def removed(before: Cluster, after: Cluster) -> dict[str, str]:
    """Notes about each object that a change removes."""
    old, new = (
        {each.path: each.content for each in deliver(cluster).files} for cluster in (before, after)
    )
    return {each.name: each.note for each in compare(old, new) if each.verb == "removed"}


def test_pods_of_workloads_are_allowed_so_that_argo_cd_shows_them() -> None:
    cluster = argo_cluster()
    component = new_component(cluster)
    k8s.Deployment(component, "web")
    kinds = entry(cluster, "apps-appproject")["spec"]["namespaceResourceWhitelist"]
    assert kinds == [
        {"group": "", "kind": "Pod"},
        {"group": "apps", "kind": "Deployment"},
        {"group": "apps", "kind": "ReplicaSet"},
    ]


@pytest.mark.parametrize("layout", ["applications", "application-sets"])
def test_diff_names_the_last_of_a_kind_that_argo_cd_would_leave(layout: ArgoLayout) -> None:
    notes = removed(
        cluster_with(ingress=True, layout=layout), cluster_with(ingress=False, layout=layout)
    )
    assert notes["Ingress.networking.k8s.io web/web"] == (
        "stays in the cluster: AppProject apps no longer allows it; see ArgoCd(retiring=...)"
    )


def test_diff_names_the_objects_of_a_namespace_that_is_no_longer_used() -> None:
    notes = removed(cluster_with(ingress=False), cluster_with(ingress=False, shop=False))
    assert notes["ConfigMap shop/settings"].startswith("stays in the cluster: AppProject apps")


def test_a_retiring_kind_is_still_allowed_and_deleted() -> None:
    retiring = [Retiring("apps", kinds=["Ingress.networking.k8s.io"])]
    after = cluster_with(ingress=False, retiring=retiring)
    assert INGRESS in entry(after, "apps-appproject")["spec"]["namespaceResourceWhitelist"]
    assert removed(cluster_with(ingress=True), after) == {"Ingress.networking.k8s.io web/web": ""}


def test_objects_of_a_retiring_namespace_are_deleted() -> None:
    after = cluster_with(
        ingress=False, shop=False, retiring=[Retiring("apps", namespaces=["shop"])]
    )
    notes = removed(cluster_with(ingress=False), after)
    assert notes["ConfigMap shop/settings"] == ""


def test_an_unknown_layer_cannot_retire() -> None:
    with pytest.raises(InvalidValue, match=r"layer 'app' of Retiring: is not a layer of cluster"):
        deliver(argo_cluster(retiring=[Retiring("app")]))


@pytest.mark.parametrize("kind", ["ingress", "networking.k8s.io/Ingress", ""])
def test_a_retiring_kind_is_written_with_its_group_behind(kind: str) -> None:
    with pytest.raises(InvalidValue, match=r"is not a valid kind"):
        Retiring("apps", kinds=[kind])


def test_clusters_of_one_argo_cd_need_different_prefixes() -> None:
    platform = Platform()
    hub = argo_cluster("hub", platform=platform)
    new_component(hub)
    east = argo_cluster("east", platform=platform, server="https://east.example.com")
    new_component(east)
    with pytest.raises(InvalidValue, match=r"prefix '' of cluster east: is that of cluster hub"):
        deliver(east)


def test_clusters_with_their_own_argo_cd_need_no_prefix() -> None:
    platform = Platform()
    clusters = [argo_cluster(name, platform=platform) for name in ("east", "west")]
    for cluster in clusters:
        new_component(cluster)
    assert [len(deliver(cluster).units) for cluster in clusters] == [1, 1]


def test_a_kind_of_unknown_scope_is_allowed_in_both(tmp_path: Path) -> None:
    cluster = argo_cluster()
    HelmRelease(new_component(cluster), "web", chart=chart())
    template = "apiVersion: unheard.example/v1\nkind: Odd\nmetadata: {name: odd}\n"
    spec = entry(cluster, "apps-appproject", shelf(tmp_path, odd=template))["spec"]
    odd = {"group": "unheard.example", "kind": "Odd"}
    assert odd in spec["clusterResourceWhitelist"]
    assert odd in spec["namespaceResourceWhitelist"]


def test_a_component_without_a_namespace_does_not_open_that_of_argo_cd() -> None:
    cluster = argo_cluster()
    component = Component(cluster, "roles", layer="apps")
    k8s.ClusterRole(component, "reader")
    assert entry(cluster, "roles-application")["spec"]["destination"]["namespace"] == "default"
    namespaces = [
        each["namespace"] for each in entry(cluster, "apps-appproject")["spec"]["destinations"]
    ]
    assert namespaces == ["default"]
