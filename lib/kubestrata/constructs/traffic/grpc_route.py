"""Routes for gRPC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import field

from kubeapis import gateway as api
from kubestrata.constructs.traffic.attachment import (
    check_host,
    check_namespace,
    connect_gateway,
    parent,
)
from kubestrata.constructs.traffic.dns_record import DnsRecord
from kubestrata.constructs.traffic.gateway_reference import GatewayReference
from kubestrata.constructs.traffic.route import dns_metadata
from kubestrata.constructs.traffic.route_match import header_matches
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.reference import ServiceReference
from kubestrata.core.value.host import Host


class GrpcMatch(Frozen):
    """Calls of one service, or of one method of it; `headers` are exact values by name."""

    service: str | None = None
    method: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        if not (self.service or self.method or self.headers):
            why = "has no criterion"
            raise InvalidValue("GrpcMatch", why, "name a service or a method")

    @property
    def field(self) -> api.GRPCRouteSpecRulesMatches:
        """Return the entry of `matches` of a GRPCRoute."""
        method = (
            api.GRPCRouteSpecRulesMatchesMethod(service=self.service, method=self.method)
            if self.service or self.method
            else None
        )
        return api.GRPCRouteSpecRulesMatches(method=method, headers=header_matches(self.headers))


class GrpcRoute(Construct):
    """One GRPCRoute that sends calls for `host` to one Service, with the same policy as a Route.

    Without `matches` it routes every call.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        host: Host,
        gateway: GatewayReference,
        to: ServiceReference,
        matches: Sequence[GrpcMatch] = (),
        dns: DnsRecord | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-grpc-route")
        check_host(gateway, host)
        check_namespace(self, to)
        self.host = host
        backend = api.GRPCRouteSpecRulesBackendRefs(name=to.name, port=to.port)
        rule = api.GRPCRouteSpecRules(
            matches=[each.field for each in matches] or None, backend_refs=[backend]
        )
        self.resource = api.GRPCRoute(
            self,
            id,
            metadata=dns_metadata(dns),
            spec=api.GRPCRouteSpec(parent_refs=[parent(gateway)], hostnames=[host], rules=[rule]),
        )
        connect_gateway(self, id, gateway=gateway, to=to)
