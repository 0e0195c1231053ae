"""Plain HTTP, answered with where TLS is."""

from __future__ import annotations

from kubeapis import gateway as api
from kubeapis import k8s
from kubestrata.constructs.traffic.attachment import parent
from kubestrata.constructs.traffic.dns_record import UNPUBLISHED
from kubestrata.constructs.traffic.gateway_reference import GatewayReference
from kubestrata.constructs.traffic.route_filter import Redirect
from kubestrata.constructs.traffic.route_rule import RouteRule
from kubestrata.core.node import Construct


class HttpsRedirect(Construct):
    """One HTTPRoute that sends every host of an HTTP listener to https, for good (301).

    It publishes no name: a wildcard in DNS would answer for hosts that no route has.
    """

    def __init__(self, scope: Construct, id: str, *, gateway: GatewayReference) -> None:
        super().__init__(scope, f"{id}-redirect")
        rule = RouteRule(filters=[Redirect(scheme="https")])
        self.resource = api.HTTPRoute(
            self,
            id,
            metadata=k8s.ObjectMeta(annotations=UNPUBLISHED),
            spec=api.HTTPRouteSpec(
                parent_refs=[parent(gateway)],
                hostnames=[gateway.domain.wildcard],
                rules=[rule.field([])],
            ),
        )
