"""Differences of clusters in what is not in the output."""

from __future__ import annotations

from typing import Any

import pytest

from kubestrata import Cluster, Component, Platform, RemoteManifests
from kubestrata.constructs import HelmRelease
from kubestrata.delivery.deliver import deliver
from kubestrata.plan.cluster_diff import ClusterDiff, compare_clusters
from tests.delivery.argo import argo_cluster
from tests.small_platform import chart, new_cluster, new_component


def compared(one: Cluster, other: Cluster) -> ClusterDiff:
    return compare_clusters(deliver(one), deliver(other))


def test_values_of_charts_that_argo_cd_renders_are_compared() -> None:
    platform = Platform()
    clusters: list[Any] = []
    for name, size in (("east", "big"), ("west", "small")):
        cluster = argo_cluster(name, platform=platform, charts="source", prefix=f"{name}-")
        HelmRelease(new_component(cluster), "web", chart=chart(), values={"size": size})
        clusters.append(cluster)
    found = compared(*clusters)
    assert [(each.change.path, each.objects) for each in found.changes] == [
        ("releases.web.helm.valuesObject.size", ["Chart web"])
    ]
    assert not found.is_empty


@pytest.mark.parametrize("delivery", ["flux", "argo"])
def test_revisions_of_other_repositories_are_compared(delivery: str) -> None:
    platform = Platform()
    clusters: list[Any] = []
    for name, tag in (("east", "v1"), ("west", "v2")):
        new = argo_cluster if delivery == "argo" else new_cluster
        cluster = new(name, platform=platform)
        source = RemoteManifests(url="https://git.example.com/crds", tag=tag, path="crds")
        Component(cluster, "crds", layer="infrastructure", source=source)
        clusters.append(cluster)
    found = compared(*clusters)
    assert [(each.change.path, each.objects) for each in found.changes] == [
        ("tag", ["Repository crds"])
    ]
