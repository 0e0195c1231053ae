"""Connections as policies of Kubernetes and of Cilium decide them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kubeapis import cilium, k8s
from kubestrata import Cluster, Component, Image, RawResource
from kubestrata.constructs import CiliumNetwork, KubernetesNetwork, OpenNetwork, Pods, Workload
from kubestrata.constructs.data import Postgres
from kubestrata.constructs.network import Hosts, Network
from kubestrata.testing import (
    RenderedTree,
    assert_closed,
    assert_open,
    full_cluster,
    new_component,
    render,
)
from tests.testing.component import API, WEB, Shop

CRAWLER = Pods("crawler", "marketing", {"app": "crawler"})
PAYMENTS = Hosts(["payments.example.net"])
NETWORKS: list[Callable[[], Network]] = [CiliumNetwork, KubernetesNetwork]


def shop(network: Network | None = None, *more: Callable[[Component], object]) -> RenderedTree:
    cluster = full_cluster(offers=[network or CiliumNetwork()])
    component = Shop(cluster)
    for add in more:
        add(component)
    return render(component)


def refused(assertion: Callable[..., None], *arguments: Any) -> str:
    with pytest.raises(AssertionError) as failed:
        assertion(*arguments)
    return str(failed.value)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_connection_is_open_in_its_direction_only(network: Callable[[], Network]) -> None:
    rendered = shop(network())
    assert_open(rendered, WEB, API, 8080)
    assert_closed(rendered, WEB, API, 9090)
    assert_closed(rendered, WEB, API, 8080, protocol="UDP")
    assert_closed(rendered, API, WEB, 8080)
    assert_closed(rendered, CRAWLER, API, 8080)


def test_without_policies_everything_is_open() -> None:
    rendered = shop(OpenNetwork())
    assert_open(rendered, API, WEB, 8080)
    assert_open(rendered, WEB, PAYMENTS, 443)


def test_a_host_is_open_to_those_that_may_reach_it() -> None:
    rendered = shop()
    assert_open(rendered, API, PAYMENTS, 443)
    assert_closed(rendered, API, Hosts(["other.example.net"]), 443)
    assert_closed(rendered, WEB, PAYMENTS, 443)


def test_without_names_every_public_address_is_open() -> None:
    assert_open(shop(KubernetesNetwork()), API, Hosts(["other.example.net"]), 443)


def test_a_workload_and_an_object_are_parties_too() -> None:
    cluster = full_cluster()
    component = Shop(cluster)
    database = Postgres(component, "orders")
    component.api.connect_to(database)
    rendered = render(component)
    assert_open(rendered, rendered.one(k8s.Deployment, "api"), database, 5432)
    assert_closed(rendered, WEB, database, 5432)


def test_a_closed_connection_names_both_sides_and_the_policies() -> None:
    assert refused(assert_open, shop(), API, WEB, 8080) == (
        "connection from Deployment/api to Deployment/web port 8080 is closed\n"
        "  egress of Deployment.apps shop/api: no rule allows it, and it is denied by default by "
        "CiliumNetworkPolicy.cilium.io shop/allow-dns, "
        "CiliumNetworkPolicy.cilium.io shop/default-deny, "
        "CiliumNetworkPolicy.cilium.io shop/api-to-payments.example.net\n"
        "  ingress of Deployment.apps shop/web: no rule allows it, and it is denied by default by "
        "CiliumNetworkPolicy.cilium.io shop/default-deny, "
        "CiliumNetworkPolicy.cilium.io shop/web-from-gateway"
    )


def test_an_open_connection_names_the_policies_that_allow_it() -> None:
    message = refused(assert_closed, shop(), WEB, API, 8080)
    assert message == (
        "connection from Deployment/web to Deployment/api port 8080 is open\n"
        "  egress of Deployment.apps shop/web: allowed by "
        "CiliumNetworkPolicy.cilium.io shop/web-to-api\n"
        "  ingress of Deployment.apps shop/api: allowed by "
        "CiliumNetworkPolicy.cilium.io shop/api-from-web"
    )


def deny(component: Component) -> None:
    labels = {"app.kubernetes.io/name": "api"}
    selector = {"matchLabels": labels}
    body: dict[str, Any] = {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumNetworkPolicy",
        "metadata": {"name": "no-web"},
        "spec": {
            "endpointSelector": selector,
            "ingressDeny": [
                {"fromEndpoints": [{"matchLabels": {"app.kubernetes.io/name": "web"}}]}
            ],
        },
    }
    RawResource(component, "no-web", body)


def test_a_deny_rule_of_cilium_wins() -> None:
    message = refused(assert_open, shop(None, deny), WEB, API, 8080)
    assert "ingress of Deployment.apps shop/api: refused by" in message
    assert "CiliumNetworkPolicy.cilium.io shop/no-web" in message


def open_cidr(component: Component) -> None:
    spec = cilium.CiliumNetworkPolicySpec(
        endpoint_selector=cilium.CiliumNetworkPolicySpecEndpointSelector(),
        egress=[cilium.CiliumNetworkPolicySpecEgress(to_cidr=["0.0.0.0/0"])],
    )
    cilium.CiliumNetworkPolicy(component, "internet", spec=spec)


def test_addresses_of_cilium_are_never_pods() -> None:
    rendered = shop(None, open_cidr)
    assert_closed(rendered, API, WEB, 8080)
    assert_open(rendered, WEB, PAYMENTS, 443)


def on_node(cluster: Cluster) -> None:
    component = new_component(cluster, "agent")
    pod = k8s.PodSpec(
        host_network=True, containers=[k8s.Container(name="a", image="registry.example.com/a:1")]
    )
    k8s.Pod(component, "agent", spec=pod)
    Workload(component, "web", image=Image("registry.example.com/web:1.4.0"))


def test_the_network_of_a_node_is_not_decided() -> None:
    message = refused(assert_open, render(on_node), "Deployment/web", "Pod/agent", 9100)
    assert "is on the node's network" in message


def test_pods_of_an_operator_are_named_by_labels() -> None:
    cluster = full_cluster()
    component = Shop(cluster)
    Postgres(component, "orders")
    message = refused(assert_open, render(component), API, "Cluster/orders", 5432)
    assert "an operator creates them\n  fix: pass the construct itself, or Pods(" in message
