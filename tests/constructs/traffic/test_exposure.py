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
    ForwardAuth,
    ForwardAuthProvider,
    ForwardLogin,
    Headers,
    IngressController,
    Ingresses,
    IngressTls,
    NginxSettings,
    PathMatch,
    RouteMatch,
    RouteRule,
    Timeouts,
    expose,
)
from kubestrata.constructs.traffic.forward_auth import AuthProxy
from kubestrata.constructs.workload import ExposedPath
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidValue, MissingOffer
from kubestrata.core.node import Construct
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import new_cluster, new_component, order

IMAGE = Image("registry.example.com/shop:1.0.0")
GROUPS = ("cilium.io", "gateway.networking.k8s.io", "networking.k8s.io")
NGINX = Pods("nginx", "entry", {"app": "nginx"})
DOMAIN = Host("example.com")


def new_platform() -> tuple[Cluster, Component]:
    cluster = new_cluster(groups=GROUPS, offers=[CiliumNetwork()])
    return cluster, new_component(cluster, "entry", layer="infrastructure")


def controller(entry: Component, settings: NginxSettings | None = None) -> IngressController:
    found = Reference(entry, "networking.k8s.io", "IngressClass", "nginx")
    tls = IngressTls.of_controller()
    return IngressController(found, DOMAIN, NGINX, tls=tls, settings=settings)


class Gate(ForwardAuthProvider):
    """A provider with one service for all hosts."""

    def protect(
        self, scope: Construct, login: ForwardLogin, host: Host, proxy: AuthProxy
    ) -> ForwardAuth:
        check = f"http://gate.{component_of(scope).name}/{login.id}/{proxy}"
        return ForwardAuth(check=check, sign_in=f"https://{host}/login")


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


def test_a_workload_with_a_login_is_behind_the_provider_of_its_cluster(
    manifests: SnapshotAssertion,
) -> None:
    cluster, entry = new_platform()
    cluster.offer(Ingresses(private=controller(entry, NginxSettings())))
    cluster.offer(Gate())
    component, _ = workload(cluster, auth=ForwardLogin("shop"))
    assert objects(component, "Ingress") == manifests
    assert faults(component) == []


def test_a_login_in_front_of_a_gateway_is_refused() -> None:
    cluster, entry = new_platform()
    cluster.offer(Gateways(private=gateway(entry)))
    cluster.offer(Gate())
    message = "login 'shop': is in front of Gateway 'private': must be of an ingress controller"
    with pytest.raises(InvalidValue, match=message) as raised:
        workload(cluster, auth=ForwardLogin("shop"))
    assert "test_exposure.py" in str(raised.value)


def test_a_login_without_a_provider_is_refused() -> None:
    cluster, entry = new_platform()
    cluster.offer(Ingresses(private=controller(entry, NginxSettings())))
    with pytest.raises(MissingOffer, match="ForwardAuthProvider"):
        workload(cluster, auth=ForwardLogin("shop"))


@pytest.mark.parametrize("wrong", ["shop", 7])
def test_a_login_of_another_type_is_refused(wrong: Any) -> None:
    cluster, entry = new_platform()
    cluster.offer(Ingresses(private=controller(entry, NginxSettings())))
    with pytest.raises(InvalidValue, match="auth"):
        workload(cluster, auth=wrong)
