"""Exposure of the same declaration by a Gateway or an ingress controller."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Cluster, Component, Duration, Host, Image, Reference, ServiceReference
from kubestrata.constructs import (
    CiliumNetwork,
    Container,
    Exposure,
    GatewayReference,
    Gateways,
    Pods,
    Workload,
)
from kubestrata.constructs.traffic import (
    Headers,
    IngressController,
    Ingresses,
    IngressTls,
    PathMatch,
    RouteMatch,
    RouteRule,
    Timeouts,
    expose,
)
from kubestrata.constructs.workload import ExposedPath
from kubestrata.core.errors import InvalidValue, MissingOffer
from tests.constructs.judging import faults, objects, rendered
from tests.small_platform import new_cluster, new_component, order

IMAGE = Image("registry.example.com/shop:1.0.0")
GROUPS = ("cilium.io", "gateway.networking.k8s.io", "networking.k8s.io")
NGINX = Pods("nginx", "entry", {"app": "nginx"})
DOMAIN = Host("example.com")


def new_platform() -> tuple[Cluster, Component]:
    cluster = new_cluster(groups=GROUPS, offers=[CiliumNetwork()])
    return cluster, new_component(cluster, "entry", layer="infrastructure")


def controller(entry: Component) -> IngressController:
    found = Reference(entry, "networking.k8s.io", "IngressClass", "nginx")
    return IngressController(found, DOMAIN, NGINX, tls=IngressTls.of_controller())


def gateway(entry: Component) -> GatewayReference:
    made = Reference(entry, "gateway.networking.k8s.io", "Gateway", "private", "entry")
    return GatewayReference(made, "https", DOMAIN)


def workload(cluster: Cluster, **route: Any) -> tuple[Component, Workload]:
    component = new_component(cluster, "shop")
    ports = {"api": 9000}
    made = Workload(
        component,
        "shop",
        image=IMAGE,
        container=Container(ports=ports),
        route=Exposure(**({"visibility": "private"} | route)),
    )
    return component, made


def service(component: Component) -> ServiceReference:
    return ServiceReference(Reference(component, "", "Service", "shop", "shop"), 80)


def test_a_workload_has_an_ingress_where_the_cluster_has_a_controller(
    manifests: SnapshotAssertion,
) -> None:
    cluster, entry = new_platform()
    cluster.offer(Ingresses(private=controller(entry)))
    paths = [ExposedPath(prefix="/api", port="api"), ExposedPath()]
    component, made = workload(cluster, paths=paths)
    assert rendered(component) == manifests
    assert faults(component) == []
    assert made.route is not None
    assert (made.route.route.kind, made.route.url) == ("Ingress", "https://shop.example.com")
    assert order(cluster)["shop"] == ["entry"]


def test_the_same_workload_has_a_route_where_the_cluster_has_a_gateway() -> None:
    cluster, entry = new_platform()
    cluster.offer(Gateways(private=gateway(entry)))
    component, made = workload(cluster)
    assert objects(component, "Ingress") == []
    assert made.route is not None
    assert (made.route.route.kind, made.route.url) == ("HTTPRoute", "https://shop.example.com")


def test_a_gateway_is_used_before_a_controller_of_the_same_visibility() -> None:
    cluster, entry = new_platform()
    cluster.offer(Gateways(private=gateway(entry)))
    cluster.offer(Ingresses(private=controller(entry)))
    component, _ = workload(cluster)
    assert objects(component, "Ingress") == []
    assert len(objects(component, "HTTPRoute")) == 1


def test_each_visibility_is_exposed_by_what_provides_it() -> None:
    cluster, entry = new_platform()
    cluster.offer(Gateways(public=gateway(entry)))
    cluster.offer(Ingresses(private=controller(entry)))
    component, _ = workload(cluster)
    assert len(objects(component, "Ingress")) == 1
    assert objects(component, "HTTPRoute") == []


@pytest.mark.parametrize("offers", [(), (Gateways(), Ingresses())], ids=["nothing", "empty"])
def test_a_missing_entry_is_reported_with_both_fixes(offers: tuple[object, ...]) -> None:
    cluster, _ = new_platform()
    for each in offers:
        cluster.offer(each)
    message = (
        r"test_exposure\.py:\d+: private exposure: cluster c1 provides neither a gateway nor an "
        r"ingress controller for it\n  fix: offer Gateways\(private=...\) or "
        r"Ingresses\(private=...\) to the cluster"
    )
    with pytest.raises(MissingOffer, match=message):
        workload(cluster)


def test_matches_by_path_become_paths_of_an_ingress() -> None:
    cluster, entry = new_platform()
    cluster.offer(Ingresses(private=controller(entry)))
    component = new_component(cluster, "shop")
    rules = [
        RouteRule([RouteMatch(PathMatch.exact("/a")), RouteMatch(PathMatch.prefix("/b"))], port=81),
        RouteRule([RouteMatch(PathMatch.regular_expression("/v[0-9]+"))]),
        RouteRule(),
    ]
    expose(component, "shop", label="shop", to=service(component), rules=rules)
    (found,) = objects(component, "Ingress")
    paths = found["spec"]["rules"][0]["http"]["paths"]
    assert [
        (each["path"], each["pathType"], each["backend"]["service"]["port"]["number"])
        for each in paths
    ] == [
        ("/a", "Exact", 81),
        ("/b", "Prefix", 81),
        ("/v[0-9]+", "ImplementationSpecific", 80),
        ("/", "Prefix", 80),
    ]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (RouteRule(filters=[Headers("request", remove=["x-a"])]), "has filters or timeouts"),
        (RouteRule(timeouts=Timeouts(request=Duration("1s"))), "rule of 'shop': has filters or"),
        (RouteRule([RouteMatch(method="GET")]), "matches more than the path"),
        (RouteRule([RouteMatch(headers={"x-a": "b"})]), "rule of 'shop': matches more than"),
    ],
)
def test_a_rule_that_an_ingress_cannot_have_is_reported(rule: RouteRule, message: str) -> None:
    cluster, entry = new_platform()
    cluster.offer(Ingresses(private=controller(entry)))
    component = new_component(cluster, "shop")
    with pytest.raises(InvalidValue, match=rf"test_exposure\.py:\d+[\s\S]*{message}"):
        expose(component, "shop", label="shop", to=service(component), rules=[rule])
