"""HTTP routes."""

from __future__ import annotations

from kubeapis import gateway as gateway_api
from kubestrata.constructs.traffic.gateway_reference import GatewayReference
from kubestrata.core.node import Construct
from kubestrata.core.reference import ServiceReference
from kubestrata.core.value.host import Host


class Route(Construct):
    """One HTTPRoute that sends everything for `host` to one Service."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        host: Host,
        gateway: GatewayReference,
        to: ServiceReference,
    ) -> None:
        super().__init__(scope, f"{id}-route")
        backend = gateway_api.HTTPRouteSpecRulesBackendRefs(name=to.name, port=to.port)
        parent = gateway_api.HTTPRouteSpecParentRefs(
            name=gateway.gateway.name,
            namespace=gateway.gateway.namespace,
            section_name=gateway.listener,
        )
        self.resource = gateway_api.HTTPRoute(
            self,
            id,
            spec=gateway_api.HTTPRouteSpec(
                parent_refs=[parent],
                hostnames=[host],
                rules=[gateway_api.HTTPRouteSpecRules(backend_refs=[backend])],
            ),
        )
