"""Routes of every kind, and their network policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Cluster, Component, Duration, Host, Port, Reference, ServiceReference
from kubestrata.constructs import CiliumNetwork, HelmRelease, KubernetesNetwork, Pods
from kubestrata.constructs.network import ServiceEndpoint
from kubestrata.constructs.traffic import (
    DnsRecord,
    GatewayApi,
    GatewayReference,
    Gateways,
    GrpcMatch,
    GrpcRoute,
    Headers,
    NewPath,
    PathMatch,
    Redirect,
    RequestMirror,
    Rewrite,
    Route,
    RouteMatch,
    RouteRule,
    Timeouts,
    TlsRoute,
)
from kubestrata.core.errors import InvalidReference, InvalidValue, MissingOffer
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import chart, config_map, new_cluster, new_component, order

HOST = Host("web.example.com")
GROUPS = ("cilium.io", "gateway.networking.k8s.io")


def gateway(cluster: Cluster, domain: str = "example.com") -> GatewayReference:
    entry = new_component(cluster, "entry", layer="infrastructure")
    config_map(entry)
    made = Reference(entry, "gateway.networking.k8s.io", "Gateway", "public", "entry")
    return GatewayReference(made, "https", Host(domain))


def service(component: Component) -> ServiceReference:
    return HelmRelease(component, "web", chart=chart("web")).service("web", 80)


def endpoint(component: Component) -> ServiceEndpoint:
    release = HelmRelease(component, "web", chart=chart("web"))
    return release.endpoint(8080).behind(release.service("web", 80))


def web() -> tuple[Component, GatewayReference]:
    cluster = new_cluster(groups=GROUPS)
    return new_component(cluster), gateway(cluster)


def test_route_full(manifests: SnapshotAssertion) -> None:
    component, entry = web()
    to = service(component)
    shadow = ServiceReference(to.service, 81)
    api = RouteMatch(
        PathMatch.prefix("/api"), "GET", headers={"x-team": "web"}, query={"version": "2"}
    )
    rules = [
        RouteRule(
            [api],
            [
                Headers("request", set={"x-from": "gateway"}, remove=["x-debug"]),
                Headers("response", add={"strict-transport-security": "max-age=63072000"}),
                Rewrite(path=NewPath.prefix("/v2")),
                RequestMirror(shadow),
            ],
            Timeouts(request=Duration("10s"), attempt=Duration("2s")),
        ),
        RouteRule(
            [RouteMatch(PathMatch.exact("/old"))],
            [Redirect(scheme="https", port=Port(8443), path=NewPath.full("/new"), status=308)],
        ),
        RouteRule([RouteMatch(PathMatch.regular_expression("/v[0-9]+/.*"))]),
        RouteRule(),
    ]
    Route(component, "web", host=HOST, gateway=entry, to=to, rules=rules, dns=DnsRecord(ttl=60))
    assert rendered(component) == manifests
    assert faults(component) == []


def test_tls_and_grpc_routes(manifests: SnapshotAssertion) -> None:
    component, entry = web()
    to = service(component)
    TlsRoute(component, "web", host=HOST, gateway=entry, to=to)
    matches = [GrpcMatch("shop.v1.Cart", "Add"), GrpcMatch(headers={"x-team": "web"})]
    GrpcRoute(component, "calls", host=HOST, gateway=entry, to=to, matches=matches, dns=DnsRecord())
    assert rendered(component) == manifests
    assert faults(component) == []


def test_a_tls_route_is_of_the_version_that_the_cluster_serves() -> None:
    component, entry = web()
    component.cluster.offer(GatewayApi(tls_route="v1alpha2"))
    TlsRoute(component, "web", host=HOST, gateway=entry, to=service(component))
    (found,) = objects(component, "TLSRoute")
    assert found["apiVersion"] == "gateway.networking.k8s.io/v1alpha2"


def test_a_redirect_needs_no_service() -> None:
    component, entry = web()
    rules = [RouteRule(filters=[Redirect(scheme="https")])]
    Route(component, "web", host=HOST, gateway=entry, to=None, rules=rules)
    (found,) = objects(component, "HTTPRoute")
    (rule,) = found["spec"]["rules"]
    assert "backendRefs" not in rule
    assert faults(component) == []


def test_a_service_with_several_hosts_has_one_route() -> None:
    component, entry = web()
    www = Host("www.example.com")
    Route(component, "web", host=HOST, gateway=entry, to=service(component), also=[www])
    (found,) = objects(component, "HTTPRoute")
    assert found["spec"]["hostnames"] == ["web.example.com", "www.example.com"]
    assert faults(component) == []


def test_labels_of_a_route_come_beside_those_of_its_record() -> None:
    component = new_component(new_cluster(groups=GROUPS), "web")
    entry = gateway(component.cluster)
    made = Route(
        component,
        "web",
        host=HOST,
        gateway=entry,
        to=service(component),
        dns=DnsRecord(),
        labels={"auth.example.com/skip": "true"},
    )
    labels = made.resource.body["metadata"]["labels"]
    assert labels == {"external-dns": "enabled", "auth.example.com/skip": "true"}


def test_a_route_waits_for_its_gateway() -> None:
    component, entry = web()
    Route(component, "web", host=HOST, gateway=entry, to=service(component))
    assert order(component.cluster)["web"] == ["entry"]


@pytest.mark.parametrize(("visibility", "listener"), [("private", "inside"), ("public", "outside")])
def test_a_route_uses_the_gateway_of_its_visibility(visibility: Any, listener: str) -> None:
    component, entry = web()
    inside = GatewayReference(entry.gateway, "inside", Host("inner.example.com"))
    outside = GatewayReference(entry.gateway, "outside", Host("example.com"))
    component.cluster.offer(Gateways(public=outside, private=inside))
    route = Route.at(component, "web", label="shop", to=service(component), visibility=visibility)
    (found,) = objects(component, "HTTPRoute")
    assert found["spec"]["parentRefs"][0]["sectionName"] == listener
    assert found["spec"]["hostnames"] == [route.host]
    domain = inside.domain if visibility == "private" else "example.com"
    assert route.url == f"https://shop.{domain}"


def test_a_missing_gateway_is_reported_with_a_fix() -> None:
    component, _ = web()
    component.cluster.offer(Gateways())
    with pytest.raises(MissingOffer, match=r"test_route\.py:\d+.*public gateway"):
        Route.at(component, "web", label="shop", to=service(component), visibility="public")


def ways(component: Component, kind: str) -> dict[str, Any]:
    return {
        each["metadata"]["name"]: each["spec"]
        for each in objects(component, kind)
        if each["metadata"]["name"] not in ("allow-dns", "default-deny")
    }


@pytest.mark.parametrize("make", [Route, GrpcRoute, TlsRoute])
def test_a_route_admits_the_proxies_to_the_port_of_the_pods(make: Any) -> None:
    cluster = new_cluster(groups=GROUPS)
    cluster.offer(CiliumNetwork())
    component = new_component(cluster)
    make(component, "web", host=HOST, gateway=gateway(cluster), to=endpoint(component))
    assert ways(component, "CiliumNetworkPolicy") == {
        "web-from-gateway": {
            "endpointSelector": {"matchLabels": {"app.kubernetes.io/instance": "web"}},
            "ingress": [
                {
                    "fromEntities": ["ingress"],
                    "toPorts": [{"ports": [{"port": "8080", "protocol": "TCP"}]}],
                }
            ],
        }
    }


def test_proxies_that_are_pods_get_egress_too() -> None:
    cluster = new_cluster(groups=GROUPS)
    cluster.offer(KubernetesNetwork())
    component = new_component(cluster)
    entry = gateway(cluster)
    proxies = Pods("traefik", "entry", {"app": "traefik"})
    by_pods = GatewayReference(entry.gateway, "https", entry.domain, proxies)
    Route(component, "web", host=HOST, gateway=by_pods, to=endpoint(component))
    (into,) = ways(component, "NetworkPolicy").values()
    out = ways(cluster.owner_of(entry.gateway), "NetworkPolicy")["traefik-to-web-web"]
    assert into["ingress"][0]["from"][0]["podSelector"] == {"matchLabels": {"app": "traefik"}}
    assert out["podSelector"] == {"matchLabels": {"app": "traefik"}}
    assert (
        out["egress"][0]["ports"]
        == into["ingress"][0]["ports"]
        == [{"port": 8080, "protocol": "TCP"}]
    )


def test_no_policy_is_created_for_unknown_pods_or_without_a_network() -> None:
    component, entry = web()
    Route(component, "web", host=HOST, gateway=entry, to=endpoint(component))
    assert ways(component, "CiliumNetworkPolicy") == {}
    cluster = new_cluster(groups=GROUPS)
    cluster.offer(CiliumNetwork())
    other = new_component(cluster)
    Route(other, "web", host=HOST, gateway=gateway(cluster), to=service(other))
    assert ways(other, "CiliumNetworkPolicy") == {}


def _route(component: Component, **changes: Any) -> Route:
    entry = gateway(component.cluster)
    given: dict[str, Any] = {"host": HOST, "gateway": entry, "to": service(component)}
    return Route(component, "web", **(given | changes))


def _elsewhere(component: Component) -> Route:
    other = new_component(component.cluster, "other")
    return _route(component, to=HelmRelease(other, "x", chart=chart()).service("x", 80))


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (
            lambda web: _route(web, host=Host("web.example.net")),
            InvalidValue,
            r"host Host\('web.example.net'\): is neither 'example.com' nor below it",
        ),
        (
            lambda web: _route(web, host=Host("webexample.com")),
            InvalidValue,
            r"host Host\('webexample.com'\)",
        ),
        (
            lambda web: _route(web, also=[Host("web.example.net")]),
            InvalidValue,
            r"host Host\('web.example.net'\)",
        ),
        (_elsewhere, InvalidReference, "Service other/x: is in namespace 'other'"),
        (
            lambda web: _route(web, rules=[]),
            InvalidValue,
            "Route 'web': has an empty list",
        ),
        (lambda web: _route(web, to=None), InvalidValue, "does not redirect, and no Service"),
        (lambda _: PathMatch.prefix("api"), InvalidValue, r"path 'api'[\s\S]*write '/api'"),
        (lambda _: GrpcMatch(), InvalidValue, "has no criterion"),
        (
            lambda _: RouteRule(filters=[Redirect(), Rewrite()]),
            InvalidValue,
            "a Redirect and a Rewrite",
        ),
        (
            lambda _: RouteRule(filters=[Rewrite(path=NewPath.prefix("/v2"))]),
            InvalidValue,
            "NewPath.prefix: requires a rule with exactly one match, by PathMatch.prefix",
        ),
    ],
)
def test_an_invalid_argument_is_reported_with_its_line(
    act: Callable[[Component], object], error: type[Exception], message: str
) -> None:
    component = new_component(new_cluster(groups=GROUPS))
    with pytest.raises(error, match=rf"test_route\.py:\d+.*{message}"):
        act(component)
