"""A small cluster with everything that a workload may require."""

from __future__ import annotations

from kubeapis import k8s
from kubestrata import Cluster, Component, Host, Image, Reference
from kubestrata.constructs import (
    CiliumNetwork,
    GatewayReference,
    Gateways,
    Pods,
    SecretReference,
)
from kubestrata.constructs.network import Network
from kubestrata.testing import full_cluster
from tests.small_platform import new_cluster, new_component

IMAGE = Image("registry.example.com/web:1.0.0")
PROXIES = Pods("proxy", "traffic", {"app": "proxy"})


def cluster(network: Network | None = None) -> Cluster:
    """Return a cluster with Cilium by default and two gateways; public proxies have no pods."""
    made = new_cluster(
        offers=[network or CiliumNetwork()],
        groups=(
            "cilium.io",
            "example.com",
            "eks.aws.m.upbound.io",
            "external-secrets.io",
            "gateway.networking.k8s.io",
            "iam.aws.m.upbound.io",
            "s3.aws.m.upbound.io",
        ),
    )
    traffic = new_component(made, "traffic", layer="infrastructure")
    made.offer(
        Gateways(
            public=GatewayReference(_gateway(traffic, "public"), "https", Host("example.com")),
            private=GatewayReference(
                _gateway(traffic, "private"), "https", Host("priv.example.com"), proxies=PROXIES
            ),
        )
    )
    return made


def shop(network: Network | None = None) -> Component:
    """Return a component `shop` in such a cluster."""
    return new_component(cluster(network), "shop")


def secret(component: Component, name: str = "credentials") -> SecretReference:
    """Return a Secret with one key, `password`."""
    made = k8s.Secret(component, name, type="Opaque")
    return SecretReference(made.ref, frozenset({"password"}))


def _gateway(traffic: Component, name: str) -> Reference:
    return Reference(traffic, "gateway.networking.k8s.io", "Gateway", name, "traffic")


def complete(*offers: object) -> Cluster:
    """Return a cluster with everything that a workload may require, and `offers`."""
    return full_cluster("c1", groups=["example.com"], offers=offers)
