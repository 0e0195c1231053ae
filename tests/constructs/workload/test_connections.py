"""Connections of a workload: policies for exactly its ports and pods, and an edge."""

from __future__ import annotations

from typing import Any

import pytest

from kubestrata import Component, Namespace
from kubestrata.constructs import (
    Container,
    Exposure,
    Flow,
    HelmRelease,
    KubernetesNetwork,
    OpenNetwork,
    Pods,
    Workload,
)
from kubestrata.constructs.network import Network
from kubestrata.core.errors import InvalidValue, MissingOffer
from tests.constructs.checking import faults, objects
from tests.constructs.workload.platform import IMAGE, cluster, shop
from tests.small_platform import chart, new_cluster, new_component, order

Rules = dict[str, dict[str, Any]]
DEFAULTS = {"allow-dns", "default-deny"}
NAMESPACE = "k8s:io.kubernetes.pod.namespace"
NAME = "app.kubernetes.io/name"


def rules(component: Component) -> Rules:
    """Return policy -> its spec, without those that every namespace has."""
    found = {
        each["metadata"]["name"]: each["spec"] for each in objects(component, "CiliumNetworkPolicy")
    }
    assert set(found) >= DEFAULTS
    return {name: spec for name, spec in found.items() if name not in DEFAULTS}


def pair(network: Network | None = None) -> tuple[Workload, Workload]:
    """Return `web`, and `api` with a further port, in separate namespaces and components."""
    home = cluster(network)
    web, api = (new_component(home, name) for name in ("web", "api"))
    container = Container(port=9000, ports={"grpc": 9001})
    return (
        Workload(web, "web", image=IMAGE),
        Workload(api, "api", image=IMAGE, container=container),
    )


def tcp(*ports: int) -> list[dict[str, Any]]:
    return [{"ports": [{"port": str(port), "protocol": "TCP"} for port in ports]}]


def test_a_connection_opens_the_ports_of_the_target_on_both_sides() -> None:
    web, api = pair()
    web.connect_to(api)
    assert rules(web.component) == {
        "web-to-api": {
            "endpointSelector": {"matchLabels": {NAME: "web"}},
            "egress": [
                {
                    "toEndpoints": [{"matchLabels": {NAMESPACE: "api", NAME: "api"}}],
                    "toPorts": tcp(9000, 9001),
                }
            ],
        }
    }
    assert rules(api.component) == {
        "api-from-web": {
            "endpointSelector": {"matchLabels": {NAME: "api"}},
            "ingress": [
                {
                    "fromEndpoints": [{"matchLabels": {NAMESPACE: "web", NAME: "web"}}],
                    "toPorts": tcp(9000, 9001),
                }
            ],
        }
    }


def test_without_a_connection_nothing_is_open() -> None:
    web, api = pair()
    assert rules(web.component) == rules(api.component) == {}


def test_a_connection_orders_the_components() -> None:
    web, api = pair()
    web.connect_to(api)
    found = order(web.component.cluster)
    assert (found["web"], found["api"]) == (["api"], [])


def test_a_chart_is_connected_to_as_a_workload_is() -> None:
    home = cluster()
    data = new_component(home, "data")
    release = HelmRelease(data, "cache", chart=chart("cache"))
    web = Workload(new_component(home, "web"), "web", image=IMAGE)
    web.connect_to(release.endpoint(6379, labels={"role": "primary"}))
    (egress,) = rules(web.component)["web-to-cache"]["egress"]
    labels = {NAMESPACE: "data", "app.kubernetes.io/instance": "cache", "role": "primary"}
    assert egress == {"toEndpoints": [{"matchLabels": labels}], "toPorts": tcp(6379)}
    assert order(home)["web"] == ["data"]


def test_hosts_and_other_flows_have_a_policy_each() -> None:
    component = shop()
    web = Workload(component, "web", image=IMAGE)
    web.allow(Flow.to_hosts("api.example.net"), Flow.to_kubernetes_api())
    web.allow(Flow.from_pods(Pods("probe", "monitoring", {"app": "probe"}), 8080))
    found = rules(component)
    assert {name: [*spec] for name, spec in found.items()} == {
        "web-from-probe": ["endpointSelector", "ingress"],
        "web-to-api.example.net": ["egress", "endpointSelector"],
        "web-to-kubernetes-api": ["egress", "endpointSelector"],
    }
    assert found["web-to-api.example.net"]["egress"] == [
        {"toFQDNs": [{"matchName": "api.example.net"}], "toPorts": tcp(443)}
    ]
    assert faults(component) == []


def test_a_flow_is_allowed_and_not_connected_to() -> None:
    web = Workload(shop(), "web", image=IMAGE)
    wrong: Any = Flow.from_internet(80)
    with pytest.raises(InvalidValue, match=r"is a Flow, .*\n  fix: .*write allow\(\.\.\.\)"):
        web.connect_to(wrong)


def test_a_route_admits_the_gateway_to_the_main_port_alone() -> None:
    component = shop()
    container = Container(port=9000, ports={"metrics": 9001})
    route = Exposure(visibility="public")
    Workload(component, "web", image=IMAGE, container=container, route=route)
    assert rules(component) == {
        "web-from-gateway": {
            "endpointSelector": {"matchLabels": {NAME: "web"}},
            "ingress": [{"fromEntities": ["ingress"], "toPorts": tcp(9000)}],
        }
    }


def test_proxies_that_are_pods_get_egress_without_an_edge() -> None:
    component = shop()
    Workload(component, "web", image=IMAGE, route=Exposure(visibility="private"))
    traffic = next(each for each in component.cluster.components if each.name == "traffic")
    (ingress,) = rules(component)["web-from-gateway"]["ingress"]
    (egress,) = rules(traffic)["proxy-to-shop-web"]["egress"]
    proxy, web = {NAMESPACE: "traffic", "app": "proxy"}, {NAMESPACE: "shop", NAME: "web"}
    assert ingress == {"fromEndpoints": [{"matchLabels": proxy}], "toPorts": tcp(8080)}
    assert egress == {"toEndpoints": [{"matchLabels": web}], "toPorts": tcp(8080)}
    assert order(component.cluster) == {"shop": ["traffic"], "traffic": []}


def test_without_a_route_no_gateway_comes_in() -> None:
    component = shop()
    Workload(component, "web", image=IMAGE)
    assert rules(component) == {}
    assert objects(component, "HTTPRoute") == []


def test_the_network_of_the_cluster_decides_the_kind_of_policy() -> None:
    web, api = pair(KubernetesNetwork())
    web.connect_to(api)
    found = {each["metadata"]["name"] for each in objects(web.component, "NetworkPolicy")}
    assert found == {*DEFAULTS, "web-to-api"}
    assert objects(web.component, "CiliumNetworkPolicy") == []


def test_without_enforcement_a_connection_is_an_edge() -> None:
    web, api = pair(OpenNetwork())
    web.connect_to(api)
    web.allow(Flow.to_hosts("api.example.net"))
    assert order(web.component.cluster)["web"] == ["api"]
    assert objects(web.component, "CiliumNetworkPolicy") == []


def test_a_connection_requires_a_network() -> None:
    home = new_cluster()
    web, api = (Workload(new_component(home, name), name, image=IMAGE) for name in ("web", "api"))
    with pytest.raises(MissingOffer, match="Network: cluster c1 provides none"):
        web.connect_to(api)


def test_two_workloads_in_one_namespace_have_distinct_selectors() -> None:
    home = cluster()
    shared = Component(home, "namespaces", layer="infrastructure")
    apps = shared.declare(Namespace("apps", pod_security="restricted"))
    web, api = (
        Workload(new_component(home, name, namespace=apps), name, image=IMAGE)
        for name in ("web", "api")
    )
    web.connect_to(api)
    names = [each["metadata"]["name"] for each in objects(web.component, "CiliumNetworkPolicy")]
    assert names == ["web-to-api"]
