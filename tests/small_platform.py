"""Small platforms with synthetic values, for tests that need one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from kubeapis import k8s
from kubestrata import (
    ChartRepository,
    Cluster,
    Component,
    Flux,
    GitRepository,
    Platform,
    SopsDecryption,
    SubstituteFrom,
)
from kubestrata.constructs import HelmChart
from kubestrata.delivery.deliver import deliver
from kubestrata.testing import bare_cluster, new_component

__all__ = [
    "CHARTS",
    "chart",
    "config_map",
    "files",
    "flux",
    "kustomization",
    "manifest",
    "new_cluster",
    "new_component",
    "order",
]

CHARTS = ChartRepository("charts", "https://charts.example.com")


def flux(**options: Any) -> Flux:
    """Flux that reads a made-up repository."""
    return Flux(repository=GitRepository(url="https://git.example.com/platform"), **options)


def new_cluster(
    name: str = "c1",
    *,
    platform: Platform | None = None,
    placeholders: tuple[str, ...] = (),
    decrypts: bool = True,
    groups: tuple[str, ...] = (),
    offers: Sequence[object] = (),
    kubernetes: str = "1.35",
) -> Cluster:
    """A cluster with nothing in it, whose CRDs are those of `groups`."""
    filled = [SubstituteFrom("ConfigMap", "facts", placeholders)] if placeholders else []
    delivery = flux(
        substitute_from=filled, decryption=SopsDecryption("sops-age") if decrypts else None
    )
    return bare_cluster(
        name,
        platform=platform,
        delivery=delivery,
        kubernetes=kubernetes,
        provided_groups=groups,
        offers=offers,
    )


def config_map(component: Component, id: str = "settings", **data: str) -> k8s.ConfigMap:
    """A ConfigMap."""
    return k8s.ConfigMap(component, id, data=data)


def chart(name: str = "operator", *, provides: tuple[str, ...] = ()) -> HelmChart:
    """A chart that installs the CRDs of some API groups."""
    return HelmChart(name, "1.2.3", CHARTS, provides=frozenset(provides))


def files(cluster: Cluster) -> dict[str, bytes]:
    """Return the delivered tree of a cluster."""
    return {
        file.path.removeprefix(f"{cluster.name}/"): file.content for file in deliver(cluster).files
    }


def manifest(cluster: Cluster, path: str) -> dict[str, Any]:
    """One file of the cluster's tree, read back."""
    value: dict[str, Any] = yaml.load(files(cluster)[path], yaml.CSafeLoader)
    return value


def kustomization(cluster: Cluster, name: str) -> dict[str, Any]:
    """The spec of one Flux Kustomization."""
    spec: dict[str, Any] = manifest(cluster, f"flux/{name}-kustomization.yaml")["spec"]
    return spec


def order(cluster: Cluster) -> dict[str, list[str]]:
    """Return the dependsOn of every Flux Kustomization, by name."""
    suffix = "-kustomization.yaml"
    names = [
        path[5 : -len(suffix)]
        for path in files(cluster)
        if path.startswith("flux/") and path.endswith(suffix)
    ]
    found = {name: kustomization(cluster, name).get("dependsOn", []) for name in names}
    del found["flux-system"]
    return {name: [edge["name"] for edge in edges] for name, edges in sorted(found.items())}
