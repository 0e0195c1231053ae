"""Connections: policies on both sides for exactly the target's ports, and an edge."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from kubestrata import Cluster, Component, Platform, Reference
from kubestrata.constructs import CiliumNetwork, Endpoint, Flow, OpenNetwork, Pods
from kubestrata.constructs.network import NetworkPort
from kubestrata.core.errors import DuplicateObject, InvalidReference, InvalidValue, MissingOffer
from tests.constructs.checking import objects
from tests.small_platform import config_map, new_cluster, new_component, order


def endpoint(component: Component, *ports: int, ready: bool = True) -> Endpoint:
    pods = Pods(component.name, component.name, {"app": component.name})
    made = config_map(component).ref if ready else None
    return Endpoint(pods, tuple(NetworkPort(port) for port in ports), component, made)


def two(cluster: Cluster, *, ready: bool = True) -> tuple[Endpoint, Endpoint]:
    web, db = new_component(cluster, "web"), new_component(cluster, "db")
    return endpoint(web, 8080), endpoint(db, 5432, ready=ready)


def connect_two(source: Endpoint, target: Endpoint) -> None:
    source.connect_to(target)


def policy(component: Component, name: str) -> dict[str, Any]:
    found = {each["metadata"]["name"]: each for each in objects(component, "CiliumNetworkPolicy")}
    spec: dict[str, Any] = found[name]["spec"]
    return spec


def names(component: Component) -> list[str]:
    found = objects(component, "CiliumNetworkPolicy")
    return [each["metadata"]["name"] for each in found]


def test_both_sides_open_the_targets_ports_and_no_more() -> None:
    web, db = two(new_cluster(offers=[CiliumNetwork()]))
    web.connect_to(db)
    ports = [{"ports": [{"port": "5432", "protocol": "TCP"}]}]
    peer = {"k8s:io.kubernetes.pod.namespace": "db", "app": "db"}
    assert policy(web.component, "web-to-db") == {
        "endpointSelector": {"matchLabels": {"app": "web"}},
        "egress": [{"toEndpoints": [{"matchLabels": peer}], "toPorts": ports}],
    }
    peer = {"k8s:io.kubernetes.pod.namespace": "web", "app": "web"}
    assert policy(db.component, "db-from-web") == {
        "endpointSelector": {"matchLabels": {"app": "db"}},
        "ingress": [{"fromEndpoints": [{"matchLabels": peer}], "toPorts": ports}],
    }


def test_without_a_connection_nothing_is_open() -> None:
    web, db = two(new_cluster(offers=[CiliumNetwork()]))
    assert names(web.component) == names(db.component) == ["allow-dns", "default-deny"]


def test_the_source_waits_for_the_target() -> None:
    cluster = new_cluster(offers=[CiliumNetwork()], groups=("cilium.io",))
    connect_two(*two(cluster))
    assert order(cluster) == {"db": [], "web": ["db"]}


def test_an_endpoint_without_an_object_makes_no_edge() -> None:
    cluster = new_cluster(offers=[CiliumNetwork()], groups=("cilium.io",))
    connect_two(*two(cluster, ready=False))
    assert order(cluster) == {"db": [], "web": []}


def test_a_connection_without_a_wait_makes_no_edge() -> None:
    cluster = new_cluster(offers=[CiliumNetwork()], groups=("cilium.io",))
    web, db = two(cluster)
    web.connect_to(replace(db, ready=None))
    assert order(cluster) == {"db": [], "web": []}
    assert "web-to-db" in names(web.component)


def test_a_connection_orders_where_nothing_is_enforced() -> None:
    cluster = new_cluster(offers=[OpenNetwork()])
    connect_two(*two(cluster))
    assert order(cluster) == {"db": [], "web": ["db"]}


def test_a_connection_requires_a_network() -> None:
    with pytest.raises(MissingOffer, match="Network: cluster c1 provides none"):
        connect_two(*two(new_cluster()))


def test_a_second_connection_of_the_same_pods_is_refused() -> None:
    web, db = two(new_cluster(offers=[CiliumNetwork()]))
    web.connect_to(db)
    with pytest.raises(DuplicateObject, match="'web-to-db'"):
        web.connect_to(db)


def test_connected_pods_in_an_undeclared_namespace_may_query_dns() -> None:
    cluster = new_cluster(offers=[CiliumNetwork()])
    given = new_component(cluster, "given", namespace=_given(cluster))
    source = Endpoint(Pods("agent", "kube-system", {"app": "agent"}), (), given)
    source.connect_to(endpoint(new_component(cluster, "db"), 5432))
    assert names(given) == ["agent-to-db", "agent-to-db-dns"]
    (rule,) = policy(given, "agent-to-db-dns")["egress"]
    assert rule["toPorts"][0]["rules"] == {"dns": [{"matchPattern": "*"}]}


def _given(cluster: Cluster) -> Reference:
    there = Component(cluster, "namespaces", layer="infrastructure")
    return Reference(there, "", "Namespace", "kube-system")


def test_connections_end_at_the_border_of_the_cluster() -> None:
    platform = Platform()
    web, _ = two(new_cluster("one", platform=platform, offers=[CiliumNetwork()]))
    _, db = two(new_cluster("two", platform=platform, offers=[CiliumNetwork()]), ready=False)
    with pytest.raises(InvalidReference, match=r"the first is in cluster one, the other in .* two"):
        web.connect_to(db)


def test_a_policy_may_have_the_name_of_its_namespace_but_exists_once() -> None:
    web = endpoint(new_component(new_cluster(offers=[CiliumNetwork()]), "web"), 8080)
    web.allow(Flow.to_kubernetes_api(), policy="web")
    assert "web" in names(web.component)
    with pytest.raises(InvalidValue, match=r"exists already.*\n  fix: pass all flows"):
        web.allow(Flow.to_hosts("example.com"), policy="web")


def test_pods_of_one_name_in_two_namespaces_are_connected_by_two_policies() -> None:
    cluster = new_cluster(offers=[CiliumNetwork()])
    web, shop, stock = (new_component(cluster, each) for each in ("web", "shop", "stock"))
    source = endpoint(web, 8080)
    one, other = (
        replace(endpoint(each, 80), pods=Pods("api", each.name, {"app": "api"}))
        for each in (shop, stock)
    )
    source.connect_to(one, other)
    assert {"web-to-api", "web-to-api-stock"} <= {*names(web)}
    one.allow(Flow.from_pods(Pods("web", "stock", {"app": "b"})))
    other.allow(Flow.to_pods(one.pods), Flow.to_pods(Pods("web", "stock")))
    assert {"api-from-web", "api-from-web-stock"} <= {*names(shop)}
    with pytest.raises(DuplicateObject, match=r"api-stock': exists.*\n  fix: remove one"):
        source.connect_to(other)
