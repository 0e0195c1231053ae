"""Routes for TLS that the pods terminate."""

from __future__ import annotations

from kubeapis import gateway as api
from kubeapis.gateway import v1alpha2
from kubestrata.constructs.traffic.attachment import (
    check_host,
    check_namespace,
    connect_gateway,
    parent,
)
from kubestrata.constructs.traffic.gateway_api import GatewayApi
from kubestrata.constructs.traffic.gateway_reference import GatewayReference
from kubestrata.core.cluster import component_of
from kubestrata.core.node import Construct
from kubestrata.core.reference import ServiceReference
from kubestrata.core.value.host import Host


class TlsRoute(Construct):
    """One TLSRoute that sends connections with the SNI `host` to one Service, still encrypted.

    Its version is v1 unless the cluster provides another (`GatewayApi`). It has the same policy as
    a Route.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        host: Host,
        gateway: GatewayReference,
        to: ServiceReference,
    ) -> None:
        super().__init__(scope, f"{id}-tls-route")
        check_host(gateway, host)
        check_namespace(self, to)
        self.host = host
        served = component_of(scope).cluster.find(GatewayApi) or GatewayApi()
        parents = [parent(gateway)]
        backend = api.TCPRouteSpecRulesBackendRefs(name=to.name, port=to.port)
        rules = [api.TCPRouteSpecRules(backend_refs=[backend])]
        self.resource: api.TLSRoute | v1alpha2.TLSRoute
        if served.tls_route == "v1":
            spec = api.TLSRouteSpec(parent_refs=parents, hostnames=[host], rules=rules)
            self.resource = api.TLSRoute(self, id, spec=spec)
        else:
            older = v1alpha2.TLSRouteSpec(parent_refs=parents, hostnames=[host], rules=rules)
            self.resource = v1alpha2.TLSRoute(self, id, spec=older)
        connect_gateway(self, id, gateway=gateway, to=to)
