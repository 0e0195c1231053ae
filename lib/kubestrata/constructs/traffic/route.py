"""HTTP routes, and the redirect from HTTP to HTTPS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

from kubeapis import gateway as api
from kubeapis import k8s
from kubestrata.constructs.traffic.attachment import (
    check_host,
    check_namespace,
    connect_gateway,
    parent,
)
from kubestrata.constructs.traffic.dns_record import UNPUBLISHED, DnsRecord
from kubestrata.constructs.traffic.gateway_reference import (
    GatewayReference,
    Gateways,
    RouteReference,
    Visibility,
)
from kubestrata.constructs.traffic.route_filter import Redirect
from kubestrata.constructs.traffic.route_rule import RouteRule
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.reference import ServiceReference
from kubestrata.core.value.host import Host


class Route(Construct):
    """One HTTPRoute that sends requests for `host` to one Service.

    For a `ServiceEndpoint` in a cluster with a Network, also the policy that admits the Gateway.
    Without `rules` it routes every request. `to` is None for a route that only redirects. Raises
    InvalidValue for a host outside of the gateway's domain.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        host: Host,
        gateway: GatewayReference,
        to: ServiceReference | None,
        rules: Sequence[RouteRule] = (RouteRule(),),
        dns: DnsRecord | None = None,
        also: Sequence[Host] = (),
        labels: Mapping[str, str] | None = None,
    ) -> None:
        """`also` are further hosts of the same Service, which should have one route only.

        `labels` are those that policies and controllers select the route by.
        """
        super().__init__(scope, f"{id}-route")
        _check(id, rules, to)
        self.host = host
        hosts = [host, *also]
        for each in hosts:
            check_host(gateway, each)
        if to is not None:
            check_namespace(self, to)
        self.resource = api.HTTPRoute(
            self,
            id,
            metadata=_metadata(dns, labels),
            spec=api.HTTPRouteSpec(
                parent_refs=[parent(gateway)],
                hostnames=hosts,
                rules=[each.field(_backends(each, to)) for each in rules],
            ),
        )
        if to is not None:
            connect_gateway(self, id, gateway=gateway, to=to)

    @classmethod
    def at(
        cls,
        scope: Construct,
        id: str,
        *,
        label: str,
        to: ServiceReference,
        visibility: Visibility = "private",
        rules: Sequence[RouteRule] = (RouteRule(),),
        labels: Mapping[str, str] | None = None,
    ) -> Self:
        """Create a route for `label` in the domain of the cluster's gateway of a visibility.

        Raises MissingOffer where the cluster has no such gateway.
        """
        gateway = component_of(scope).cluster.ask(Gateways).with_visibility(visibility)
        host = gateway.domain.sub(label)
        return cls(scope, id, host=host, gateway=gateway, to=to, rules=rules, labels=labels)

    @property
    def reference(self) -> RouteReference:
        """Return the route and its host."""
        return RouteReference(self.resource.ref, self.host)

    @property
    def url(self) -> str:
        """Return the URL of the route."""
        return f"https://{self.host}"


def _backends(
    rule: RouteRule, to: ServiceReference | None
) -> list[api.HTTPRouteSpecRulesBackendRefs]:
    if to is None or rule.redirects:
        return []
    return [api.HTTPRouteSpecRulesBackendRefs(name=to.name, port=rule.port or to.port)]


def _check(id: str, rules: Sequence[RouteRule], to: ServiceReference | None) -> None:
    if not rules:
        raise InvalidValue(f"Route {id!r}", "has an empty list of rules", "leave out rules=")
    if to is None and not all(each.redirects for each in rules):
        why = "has a rule that does not redirect, and no Service"
        raise InvalidValue(f"Route {id!r}", why, "pass to=")


def _metadata(dns: DnsRecord | None, labels: Mapping[str, str] | None) -> k8s.ObjectMeta | None:
    """Return the metadata of a DNS record with further labels, None without either."""
    made = dns_metadata(dns)
    if not labels:
        return made
    known: Mapping[str, str] = dns.labels if dns is not None else {}
    annotations = made.annotations if made is not None else None
    return k8s.ObjectMeta(labels={**known, **labels}, annotations=annotations)


def dns_metadata(dns: DnsRecord | None) -> k8s.ObjectMeta | None:
    """Return the metadata with labels and annotations for external-dns."""
    if dns is None:
        return None
    return k8s.ObjectMeta(labels=dns.labels, annotations=dns.annotations or None)


class HttpsRedirect(Construct):
    """One HTTPRoute that redirects every host of an HTTP listener to HTTPS, permanently (301).

    It publishes no DNS name: a wildcard record would resolve hosts without a route.
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
