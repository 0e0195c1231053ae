"""A small cluster with everything that a workload may ask for."""

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
from tests.small_platform import new_cluster, new_component

IMAGE = Image("registry.example.com/web:1.0.0")
PROXIES = Pods("proxy", "traffic", {"app": "proxy"})


def cluster(network: Network | None = None) -> Cluster:
    """Cilium unless given, and two gateways: the public one's proxies have no pods."""
    made = new_cluster(
        offers=[network or CiliumNetwork()],
        groups=("cilium.io", "gateway.networking.k8s.io"),
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
    """A component `shop` in such a cluster."""
    return new_component(cluster(network), "shop")


def secret(component: Component, name: str = "credentials") -> SecretReference:
    """A Secret with one key, `password`."""
    made = k8s.Secret(component, name, type="Opaque")
    return SecretReference(made.ref, frozenset({"password"}))


def _gateway(traffic: Component, name: str) -> Reference:
    return Reference(traffic, "gateway.networking.k8s.io", "Gateway", name, "traffic")
