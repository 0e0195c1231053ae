"""Exposure of a Service by what the cluster provides: a Gateway, else an ingress controller."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from kubestrata.constructs.traffic.forward_auth import ForwardLogin
from kubestrata.constructs.traffic.gateway_reference import (
    GatewayReference,
    Gateways,
    RouteReference,
    Visibility,
)
from kubestrata.constructs.traffic.ingress import Ingress
from kubestrata.constructs.traffic.ingress_controller import IngressController, Ingresses
from kubestrata.constructs.traffic.ingress_path import IngressPath, IngressRule
from kubestrata.constructs.traffic.route import Route
from kubestrata.constructs.traffic.route_match import RouteMatch
from kubestrata.constructs.traffic.route_rule import RouteRule
from kubestrata.core.cluster import Cluster, component_of
from kubestrata.core.errors import InvalidValue, MissingOffer
from kubestrata.core.node import Construct
from kubestrata.core.reference import ServiceReference


def expose(
    scope: Construct,
    id: str,
    *,
    label: str,
    to: ServiceReference,
    visibility: Visibility = "private",
    rules: Sequence[RouteRule] = (RouteRule(),),
    auth: ForwardLogin | None = None,
) -> RouteReference:
    """Create a Route or an Ingress for `label` in the domain of a visibility.

    A Route where the cluster provides a Gateway of the visibility, else an Ingress. `auth` is the
    login in front of it. Raises MissingOffer if the cluster provides neither, InvalidValue for
    rules that an Ingress cannot have, or a login that a Gateway cannot have.
    """
    entry = entry_point(component_of(scope).cluster, visibility)
    check_login(entry, auth)
    host = entry.domain.sub(label)
    if isinstance(entry, GatewayReference):
        return Route(scope, id, host=host, gateway=entry, to=to, rules=rules).reference
    paths = [path for rule in rules for path in _paths(id, rule, to)]
    ingress_rule = IngressRule.of(host, paths=paths)
    return Ingress(scope, id, controller=entry, rules=[ingress_rule], auth=auth).reference


def check_login(entry: GatewayReference | IngressController, auth: ForwardLogin | None) -> None:
    """Raise InvalidValue for a login in front of a Gateway, whose routes have no such field."""
    if auth is not None and isinstance(entry, GatewayReference):
        why = f"is in front of Gateway {entry.gateway.name!r}: must be of an ingress controller"
        fix = "provide Ingresses(...) with NginxSettings, or have the proxy ask for the login"
        raise InvalidValue(f"login {auth.id!r}", why, fix)


def entry_point(cluster: Cluster, visibility: Visibility) -> GatewayReference | IngressController:
    """Return the Gateway of a visibility, else the ingress controller; raises MissingOffer."""
    gateways = cluster.find(Gateways)
    if gateways is not None and gateways.find(visibility) is not None:
        return gateways.with_visibility(visibility)
    ingresses = cluster.find(Ingresses)
    found = ingresses.find(visibility) if ingresses is not None else None
    if found is None:
        why = f"cluster {cluster.name} provides neither a gateway nor an ingress controller for it"
        fix = f"offer Gateways({visibility}=...) or Ingresses({visibility}=...) to the cluster"
        raise MissingOffer(f"{visibility} exposure", why, fix)
    return found


def _paths(id: str, rule: RouteRule, to: ServiceReference) -> list[IngressPath]:
    """Return the paths of a rule."""
    what = f"rule of {id!r}"
    if rule.filters or rule.timeouts:
        fix = "write an Ingress with settings=, or provide a Gateway"
        raise InvalidValue(what, "has filters or timeouts, which an Ingress cannot have", fix)
    service = to if rule.port is None else replace(to, port=rule.port)
    return [_path(what, each, service) for each in rule.matches or [RouteMatch()]]


def _path(what: str, match: RouteMatch, to: ServiceReference) -> IngressPath:
    if match.method or match.headers or match.query:
        fix = "match by path only, or provide a Gateway"
        raise InvalidValue(what, "matches more than the path, which an Ingress cannot", fix)
    path = match.path
    if path is None or path.type == "PathPrefix":
        return IngressPath.prefix(path.value if path is not None else "/", to)
    if path.type == "Exact":
        return IngressPath.exact(path.value, to)
    return IngressPath.regular_expression(path.value, to)
