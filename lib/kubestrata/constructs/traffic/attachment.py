"""Attachment of routes of any kind: the parent Gateway, and access to the Service."""

from __future__ import annotations

from typing import Literal

from kubeapis import gateway as api
from kubestrata.constructs.network.connection import Endpoint, ServiceEndpoint, allow_flows
from kubestrata.constructs.network.flow import Flow
from kubestrata.constructs.network.network import Network
from kubestrata.constructs.network.peer import Peer, Pods
from kubestrata.constructs.traffic.gateway_reference import GatewayPort, GatewayReference
from kubestrata.core.argument import require
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.value.host import Host


def parent(gateway: GatewayReference | GatewayPort) -> api.TCPRouteSpecParentRefs:
    """Return the listener as a `parentRefs` entry; using it makes an edge to the Gateway."""
    return api.TCPRouteSpecParentRefs(
        name=gateway.gateway.name,
        namespace=gateway.gateway.namespace,
        section_name=gateway.listener,
    )


def check_host(gateway: GatewayReference, host: Host) -> None:
    """Raise InvalidValue for a host outside of the listener's domain."""
    fix = "pass gateway.listener(...), or a gateway of the cluster's Gateways"
    require("gateway of a route", gateway, GatewayReference, fix=fix)
    domain = str(gateway.domain)
    if host != domain and not host.endswith(f".{domain}"):
        why = f"is neither {domain!r} nor below it, the domain of listener {gateway.listener!r}"
        fix = "use a host of the domain, or another gateway"
        raise InvalidValue(f"host {host!r}", why, fix)


def check_namespace(scope: Construct, service: ServiceReference) -> None:
    """Raise InvalidReference for a Service in another namespace than the route."""
    own = component_of(scope).default_namespace(caller())
    fix = "pass a port of a Service: workload.service"
    require("`to` of a route", service, ServiceReference, fix=fix)
    theirs = service.service.object_namespace
    if theirs != own:
        why = f"is in namespace {theirs!r}, the route in {own!r}"
        fix = "create the route in a component of the Service's namespace"
        raise InvalidReference(str(service.service), why, fix)


def connect_gateway(
    scope: Construct, id: str, *, gateway: GatewayReference | GatewayPort, to: ServiceReference
) -> None:
    """Connect the Gateway's proxies to the pods behind a Service, where these are known.

    Creates the policy `<id>-from-gateway` for the pods, and a second one beside the Gateway if its
    proxies are pods. Does nothing where the cluster has no Network.
    """
    if isinstance(to, ServiceEndpoint):
        beside = gateway.gateway
        connect_proxies(scope, id, gateway.proxies, to.endpoint, beside=beside, kind="gateway")


def connect_proxies(
    scope: Construct,
    id: str,
    proxies: Peer,
    backend: Endpoint,
    *,
    beside: Reference | None,
    kind: Literal["gateway", "ingress"],
) -> None:
    """Allow traffic from proxies to the pods of a backend: `<id>-from-<kind>`.

    The policy of proxies that are pods is in the component of `beside`; None if nothing here runs
    them. Does nothing where the cluster has no Network.
    """
    cluster = component_of(scope).cluster
    if cluster.find(Network) is None:
        return
    pods, ports = backend.pods, backend.ports
    into = (
        Flow.from_pods(proxies, *ports)
        if isinstance(proxies, Pods)
        else Flow.of("ingress", proxies, *ports)
    )
    allow_flows(scope, pods, [into], name=f"{id}-from-{kind}")
    if isinstance(proxies, Pods) and beside is not None:
        out = Flow.to_pods(pods, *ports)
        name = f"{proxies.name}-to-{pods.namespace}-{id}"
        allow_flows(cluster.owner_of(beside), proxies, [out], name=name)
