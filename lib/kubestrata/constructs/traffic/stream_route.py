"""Routes for TCP and UDP, which know neither hosts nor paths."""

from __future__ import annotations

from kubeapis import gateway as api
from kubeapis.gateway import v1alpha2
from kubestrata.constructs.traffic.attachment import check_namespace, connect_gateway, parent
from kubestrata.constructs.traffic.gateway_api import GatewayApi
from kubestrata.constructs.traffic.gateway_reference import GatewayPort
from kubestrata.core.argument import require
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidReference, MissingOffer
from kubestrata.core.node import Construct
from kubestrata.core.reference import ServiceReference


class TcpRoute(Construct):
    """One TCPRoute that sends the connections of a Gateway's port to one Service.

    Its version is v1 unless the cluster provides another (`GatewayApi`). It has the same policy as
    a Route. Raises MissingOffer where the cluster's Gateway API does not have the kind.
    """

    def __init__(
        self, scope: Construct, id: str, *, port: GatewayPort, to: ServiceReference
    ) -> None:
        super().__init__(scope, f"{id}-tcp-route")
        _check(f"TcpRoute {id!r}", port, "TCP")
        check_namespace(self, to)
        version = _served(self, "TCPRoute", _gateway_api(self).tcp_route)
        self.resource: api.TCPRoute | v1alpha2.TCPRoute
        parents, rules = [parent(port)], _rules(to)
        if version == "v1":
            spec = api.TCPRouteSpec(parent_refs=parents, rules=rules)
            self.resource = api.TCPRoute(self, id, spec=spec)
        else:
            older = v1alpha2.TCPRouteSpec(parent_refs=parents, rules=rules)
            self.resource = v1alpha2.TCPRoute(self, id, spec=older)
        connect_gateway(self, id, gateway=port, to=to)


class UdpRoute(Construct):
    """One UDPRoute that sends the packets to a Gateway's port to one Service.

    Version and policy are those of a TcpRoute.
    """

    def __init__(
        self, scope: Construct, id: str, *, port: GatewayPort, to: ServiceReference
    ) -> None:
        super().__init__(scope, f"{id}-udp-route")
        _check(f"UdpRoute {id!r}", port, "UDP")
        check_namespace(self, to)
        version = _served(self, "UDPRoute", _gateway_api(self).udp_route)
        self.resource: api.UDPRoute | v1alpha2.UDPRoute
        parents, rules = [parent(port)], _rules(to)
        if version == "v1":
            spec = api.UDPRouteSpec(parent_refs=parents, rules=rules)
            self.resource = api.UDPRoute(self, id, spec=spec)
        else:
            older = v1alpha2.UDPRouteSpec(parent_refs=parents, rules=rules)
            self.resource = v1alpha2.UDPRoute(self, id, spec=older)
        connect_gateway(self, id, gateway=port, to=to)


def _gateway_api(scope: Construct) -> GatewayApi:
    return component_of(scope).cluster.find(GatewayApi) or GatewayApi()


def _check(what: str, port: GatewayPort, protocol: str) -> None:
    require(f"port of {what}", port, GatewayPort, fix="pass gateway.port('name')")
    if port.protocol != protocol:
        why = f"has listener {port.listener!r} for {port.protocol}; {what} needs one for {protocol}"
        raise InvalidReference(str(port.gateway), why, f"use Listener.{protocol.lower()}(...)")


def _served(scope: Construct, kind: str, version: str | None) -> str:
    if version is None:
        why = f"cluster {component_of(scope).cluster.name} does not have the kind"
        fix = "install Gateway API v1.6 or newer, or the experimental channel"
        raise MissingOffer(kind, why, f"{fix}, and change GatewayApi(...) of the cluster")
    return version


def _rules(to: ServiceReference) -> list[api.TCPRouteSpecRules]:
    backend = api.TCPRouteSpecRulesBackendRefs(name=to.name, port=to.port)
    return [api.TCPRouteSpecRules(backend_refs=[backend])]
