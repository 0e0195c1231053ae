"""Gateways: classes, listeners, certificates and exposure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Cluster, Component, Host, Port, Reference
from kubestrata.constructs.secret import SecretReference
from kubestrata.constructs.traffic import (
    CiliumGatewayClass,
    DnsRecord,
    Gateway,
    GatewayExposure,
    HttpsRedirect,
    Listener,
    RoutesFrom,
)
from kubestrata.core.errors import InvalidReference, InvalidValue
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import config_map, new_cluster, new_component, order

GROUPS = ("cilium.io", "gateway.networking.k8s.io")
DOMAIN = Host("example.com")


def web() -> tuple[Cluster, Component]:
    cluster = new_cluster(groups=GROUPS)
    return cluster, new_component(cluster, "entry", layer="infrastructure")


def certificate(component: Component, namespace: str = "entry") -> SecretReference:
    return SecretReference(Reference(component, "", "Secret", "wildcard-tls", namespace))


def listeners(component: Component) -> list[Listener]:
    shop = new_component(component.cluster, "shop").home_namespace
    return [
        Listener.http(DOMAIN.wildcard, routes=RoutesFrom.same_namespace()),
        Listener.https(
            DOMAIN.wildcard,
            certificate=certificate(component),
            routes=RoutesFrom.namespaces([shop, component.home_namespace]),
        ),
        Listener.passthrough(
            Host("auth.example.com"), routes=RoutesFrom.everywhere(), port=Port(8443)
        ),
    ]


def test_gateway(manifests: SnapshotAssertion) -> None:
    _, component = web()
    tailnet = CiliumGatewayClass(component, "tailnet", load_balancer_class="tailscale")
    Gateway(
        component,
        "private",
        gateway_class=tailnet.ref,
        listeners=listeners(component),
        exposure=GatewayExposure.tailscale("shop", tags=["tag:k8s", "tag:admin"]),
        dns=DnsRecord(target=Host("entry.example.net")),
    )
    assert rendered(component) == manifests
    assert faults(component) == []


def test_a_listener_is_what_routes_attach_to() -> None:
    _, component = web()
    tailnet = CiliumGatewayClass(component, "tailnet")
    gateway = Gateway(
        component, "private", gateway_class=tailnet.ref, listeners=listeners(component)
    )
    wildcard, own = gateway.listener("https"), gateway.listener("tls")
    assert (wildcard.listener, wildcard.domain) == ("https", "example.com")
    assert (own.listener, own.domain) == ("tls", "auth.example.com")
    with pytest.raises(InvalidReference, match=r"no listener 'web'; it has http, https, tls"):
        gateway.listener("web")


def test_a_gateway_waits_for_its_class_certificate_and_namespaces_of_routes() -> None:
    cluster, component = web()
    classes = new_component(cluster, "classes", layer="infrastructure")
    made = CiliumGatewayClass(classes, "tailnet")
    signer = new_component(cluster, "signer", layer="infrastructure")
    config_map(signer)
    shop = new_component(cluster, "shop").home_namespace
    secret = SecretReference(Reference(signer, "", "Secret", "tls", "entry"))
    routes = RoutesFrom.namespaces([shop])
    Gateway(
        component,
        "private",
        gateway_class=made.ref,
        listeners=[Listener.https(DOMAIN.wildcard, certificate=secret, routes=routes)],
    )
    assert order(cluster)["entry"] == ["classes", "shop", "signer"]


def spec_of(exposure: GatewayExposure) -> dict[str, Any]:
    _, component = web()
    tailnet = CiliumGatewayClass(component, "tailnet")
    Gateway(
        component,
        "private",
        gateway_class=tailnet.ref,
        listeners=[Listener.http(DOMAIN, routes=RoutesFrom.same_namespace())],
        exposure=exposure,
    )
    (found,) = objects(component, "Gateway")
    annotations: dict[str, Any] = found["spec"]["infrastructure"]["annotations"]
    return annotations


def test_a_network_load_balancer_sends_to_nodes_or_pods() -> None:
    exposure = GatewayExposure.aws_network_load_balancer(
        scheme="internet-facing", targets="ip", name="shop"
    )
    nodes = GatewayExposure.aws_network_load_balancer(scheme="internal")
    prefix = "service.beta.kubernetes.io/aws-load-balancer-"
    assert spec_of(exposure) == {
        f"{prefix}type": "external",
        f"{prefix}nlb-target-type": "ip",
        f"{prefix}scheme": "internet-facing",
        f"{prefix}name": "shop",
    }
    assert nodes.annotations[f"{prefix}nlb-target-type"] == "instance"


def test_a_gateway_can_have_fixed_addresses() -> None:
    exposure = GatewayExposure.addresses("10.0.0.1", "10.0.0.2")
    assert spec_of(exposure) == {"lbipam.cilium.io/ips": "10.0.0.1,10.0.0.2"}


def test_dns_records_set_ttl_and_proxying() -> None:
    prefix = "external-dns.alpha.kubernetes.io"
    found = DnsRecord(ttl=60, proxied=False)
    assert found.annotations == {f"{prefix}/ttl": "60", f"{prefix}/cloudflare-proxied": "false"}
    assert found.labels == {"external-dns": "enabled"}


def _gateway(component: Component, *given: Listener) -> Gateway:
    made = CiliumGatewayClass(component, "tailnet")
    return Gateway(component, "private", gateway_class=made.ref, listeners=given)


_PLAIN = Listener.http(DOMAIN, routes=RoutesFrom.same_namespace())


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (_gateway, InvalidValue, "Gateway 'private': has no listener"),
        (
            lambda component: _gateway(component, _PLAIN, _PLAIN),
            InvalidValue,
            "two listeners named 'http'",
        ),
        (
            lambda component: _gateway(
                component,
                Listener.https(
                    DOMAIN,
                    certificate=certificate(component, "elsewhere"),
                    routes=RoutesFrom.same_namespace(),
                ),
            ),
            InvalidReference,
            "wildcard-tls: is in namespace 'elsewhere', its user in 'entry'",
        ),
        (lambda _: RoutesFrom.namespaces([]), InvalidValue, "names no namespace"),
        (
            lambda _: GatewayExposure.tailscale("shop", tags=["admin"]),
            InvalidValue,
            r"tag 'admin': is not a valid tag\n  fix: 'tag:admin'",
        ),
        (lambda _: GatewayExposure.tailscale("shop", tags=[]), InvalidValue, "has no tag"),
        (lambda _: DnsRecord(ttl=0), InvalidValue, "ttl 0: is not a valid number of seconds"),
    ],
)
def test_an_invalid_argument_is_reported_with_its_line(
    act: Callable[[Component], object], error: type[Exception], message: str
) -> None:
    _, component = web()
    with pytest.raises(error, match=rf"test_gateway\.py:\d+.*{message}"):
        act(component)


def test_https_redirect(manifests: SnapshotAssertion) -> None:
    cluster, component = web()
    gateway_class = CiliumGatewayClass(component, "tailnet", load_balancer_class="tailscale")
    gateway = Gateway(
        component, "private", gateway_class=gateway_class.ref, listeners=listeners(component)
    )
    traffic = new_component(cluster, "redirect", namespace=component.home_namespace)
    HttpsRedirect(traffic, "private-https", gateway=gateway.listener("http"))
    assert faults(traffic) == []
    assert rendered(traffic) == manifests
