"""Rendered objects of constructs, minimal and full."""

from __future__ import annotations

from typing import Any

from syrupy.assertion import SnapshotAssertion

from kubestrata import Duration, Host, Namespace, Reference
from kubestrata.constructs import (
    GatewayReference,
    HelmChart,
    HelmComponent,
    HelmRelease,
    Route,
)
from tests.constructs.checking import rendered
from tests.small_platform import CHARTS, chart, new_cluster, new_component


def test_namespace(manifests: SnapshotAssertion) -> None:
    labels = {"team": "platform"}
    namespace = Namespace("web", pod_security="baseline", labels=labels)
    assert rendered(new_component(new_cluster(), namespace=namespace)) == manifests


def test_helm_release_minimal(manifests: SnapshotAssertion) -> None:
    component = new_component(new_cluster())
    HelmRelease(component, "app", chart=chart("app"))
    assert rendered(component) == manifests


def test_helm_release_full(manifests: SnapshotAssertion) -> None:
    component = new_component(new_cluster())
    values: dict[str, Any] = {"text": "0x10", "flag": True, "list": [1, None], "script": "a\nb\n"}
    operator = HelmChart(
        "operator", "v1.2.3", CHARTS, provides=frozenset({"example.com"}), crds="CreateReplace"
    )
    HelmRelease(
        component,
        "operator",
        chart=operator,
        values=values,
        interval=Duration("30m"),
        timeout=Duration("15m"),
    )
    assert rendered(component) == manifests


def test_helm_component(manifests: SnapshotAssertion) -> None:
    component = HelmComponent(
        new_cluster(),
        "app",
        layer="apps",
        namespace=Namespace("app", pod_security="restricted"),
        chart=chart("app"),
        values={"replicas": 2},
    )
    assert rendered(component) == manifests


def test_route(manifests: SnapshotAssertion) -> None:
    cluster = new_cluster()
    traffic = new_component(cluster, "traffic")
    made = Reference(traffic, "gateway.networking.k8s.io", "Gateway", "public", "traffic")
    gateway = GatewayReference(made, "websecure", Host("example.com"))
    component = new_component(cluster)
    service = HelmRelease(component, "app", chart=chart("app")).service("app", 8080)
    Route(component, "app", host=Host("app.example.com"), gateway=gateway, to=service)
    assert rendered(component) == manifests
