"""Routes for TCP and UDP, and the listeners that they attach to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Component, Host, Port, Reference
from kubestrata.constructs import CiliumNetwork, Pods
from kubestrata.constructs.traffic import (
    ClusterIpService,
    Gateway,
    GatewayApi,
    GatewayPort,
    Listener,
    RoutesFrom,
    ServicePort,
    TcpRoute,
    UdpRoute,
)
from kubestrata.core.errors import InvalidReference, InvalidValue, MissingOffer
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import new_cluster, new_component

DNS = Pods("dns", "dns", {"app": "dns"})
PORTS = [ServicePort(53, 5353, "tcp"), ServicePort(54, 5353, "udp", "UDP")]


def dns(*offers: object) -> tuple[Component, Gateway, ClusterIpService]:
    groups = ("cilium.io", "gateway.networking.k8s.io")
    component = new_component(new_cluster(groups=groups, offers=offers), "dns")
    kind = Reference(component, "gateway.networking.k8s.io", "GatewayClass", "edge")
    routes = RoutesFrom.same_namespace()
    gateway = Gateway(
        component,
        "edge",
        gateway_class=kind,
        listeners=[
            Listener.http(Host("example.com"), routes=routes),
            Listener.tcp(Port(53), routes=routes, name="dns"),
            Listener.udp(Port(53), routes=routes, name="dns-udp"),
        ],
    )
    return component, gateway, ClusterIpService(component, "dns", pods=DNS, ports=PORTS)


def test_tcp_and_udp_routes(manifests: SnapshotAssertion) -> None:
    component, gateway, service = dns()
    TcpRoute(component, "dns", port=gateway.port("dns"), to=service.port(53))
    UdpRoute(component, "dns", port=gateway.port("dns-udp"), to=service.port(54))
    assert rendered(component) == manifests
    assert faults(component) == []


@pytest.mark.parametrize("make", [TcpRoute, UdpRoute])
def test_a_route_is_of_the_version_that_the_cluster_serves(make: Any) -> None:
    component, gateway, service = dns()
    component.cluster.offer(GatewayApi(tcp_route="v1alpha2", udp_route="v1alpha2"))
    port = gateway.port("dns" if make is TcpRoute else "dns-udp")
    make(component, "dns", port=port, to=service.port(53))
    kind = "TCPRoute" if make is TcpRoute else "UDPRoute"
    (found,) = objects(component, kind)
    assert found["apiVersion"] == "gateway.networking.k8s.io/v1alpha2"
    assert faults(component) == []


@pytest.mark.parametrize("make", [TcpRoute, UdpRoute])
def test_a_cluster_without_the_kind_is_reported_with_a_fix(make: Any) -> None:
    component, gateway, service = dns()
    component.cluster.offer(GatewayApi(tcp_route=None, udp_route=None))
    port = gateway.port("dns" if make is TcpRoute else "dns-udp")
    message = r"test_stream_route\.py:\d+: (TCP|UDP)Route: cluster c1 does not have the kind"
    with pytest.raises(MissingOffer, match=message):
        make(component, "dns", port=port, to=service.port(53))


@pytest.mark.parametrize(
    ("make", "listener", "number", "protocol"),
    [(TcpRoute, "dns", 53, "TCP"), (UdpRoute, "dns-udp", 54, "UDP")],
)
def test_a_route_admits_the_proxies_by_its_protocol(
    make: Any, listener: str, number: int, protocol: str
) -> None:
    component, gateway, service = dns(CiliumNetwork())
    make(component, "dns", port=gateway.port(listener), to=service.port(number))
    found = {each["metadata"]["name"]: each for each in objects(component, "CiliumNetworkPolicy")}
    assert found["dns-from-gateway"]["spec"]["ingress"] == [
        {
            "fromEntities": ["ingress"],
            "toPorts": [{"ports": [{"port": "5353", "protocol": protocol}]}],
        }
    ]


def _route(component: Component, gateway: Gateway, name: str) -> object:
    service = ClusterIpService(component, "more", pods=DNS, ports=PORTS)
    return TcpRoute(component, "dns", port=gateway.port(name), to=service.port(53))


def _any(value: object) -> Any:
    return value


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (
            lambda _, gateway: gateway.listener("dns"),
            InvalidReference,
            r"has no host at listener 'dns', which is for TCP[\s\S]*write gateway.port\('dns'\)",
        ),
        (
            lambda _, gateway: gateway.port("http"),
            InvalidReference,
            "has listener 'http' for HTTP, not for TCP or UDP",
        ),
        (lambda _, gateway: gateway.port("smtp"), InvalidReference, "has no listener 'smtp'"),
        (
            lambda component, gateway: _route(component, gateway, "dns-udp"),
            InvalidReference,
            r"listener 'dns-udp' for UDP; TcpRoute 'dns' needs one for TCP[\s\S]*Listener.tcp",
        ),
        (
            lambda component, gateway: TcpRoute(
                component, "x", port=_any(gateway.listener("http")), to=_any(None)
            ),
            InvalidValue,
            "pass gateway.port",
        ),
    ],
)
def test_an_invalid_argument_is_reported_with_its_line(
    act: Callable[[Component, Gateway], object], error: type[Exception], message: str
) -> None:
    component, gateway, _ = dns()
    with pytest.raises(error, match=rf"test_stream_route\.py:\d+[\s\S]*{message}"):
        act(component, gateway)


def test_a_port_keeps_the_proxies_of_its_gateway() -> None:
    component, _, _ = dns()
    kind = Reference(component, "gateway.networking.k8s.io", "GatewayClass", "edge")
    proxies = Pods("proxy", "dns", {"app": "proxy"})
    listener = Listener.tcp(Port(25), routes=RoutesFrom.same_namespace(), name="smtp")
    gateway = Gateway(component, "mail", gateway_class=kind, listeners=[listener], proxies=proxies)
    assert gateway.port("smtp") == GatewayPort(gateway.resource.ref, "smtp", "TCP", proxies)
