"""Network policies of flows, in each network."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Cluster, Component, Namespace, Platform
from kubestrata.constructs import CiliumNetwork, Flow, KubernetesNetwork, OpenNetwork, Pods
from kubestrata.constructs.network import Network, NetworkPort
from kubestrata.core.errors import InvalidValue
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import new_cluster, new_component

POLICIES = {"CiliumNetwork": "CiliumNetworkPolicy", "KubernetesNetwork": "NetworkPolicy"}
WEB = Pods("web", "shop", {"app": "web"})
EVERY_FLOW = [
    Flow.to_pods(Pods("db", "data", {"app": "db"}), 5432),
    Flow.to_pods(Pods("everything", "data")),
    Flow.to_hosts("api.example.com", "*.example.org"),
    Flow.to_addresses("192.0.2.0/24", ports=[NetworkPort(53, "UDP")]),
    Flow.to_internet(443),
    Flow.to_anywhere(),
    Flow.to_kubernetes_api(),
    Flow.to_nodes(10250),
    Flow.to_pod_identity(),
    Flow.from_pods(Pods("gateway", "traffic", {"app": "gateway"}), 8080),
    Flow.from_kubernetes_api(9443),
    Flow.from_nodes(8080),
    Flow.from_internet(8443),
    Flow.from_anywhere(8444),
    Flow.of("ingress", Flow.to_hosts("example.com").peer, 8080),
    Flow.of("ingress", Flow.to_addresses("192.0.2.0/24").peer, 8080),
]


def cluster_with(network: Network) -> Cluster:
    return new_cluster(offers=[network])


@pytest.fixture(params=[CiliumNetwork, KubernetesNetwork], ids=lambda each: str(each.__name__))
def network(request: pytest.FixtureRequest) -> Network:
    made: Network = request.param()
    return made


def shop(network: Network) -> Component:
    return new_component(cluster_with(network), "shop")


def policies(component: Component, network: Network) -> dict[str, Any]:
    made = objects(component, POLICIES[type(network).__name__])
    return {item["metadata"]["name"]: item["spec"] for item in made}


def test_a_namespace_denies_by_default_and_allows_dns(
    network: Network, manifests: SnapshotAssertion
) -> None:
    component = shop(network)
    assert rendered(component) == manifests
    assert faults(component) == []


def test_a_direction_without_flows_can_be_denied() -> None:
    component, network = shop(KubernetesNetwork()), KubernetesNetwork()
    network.policy(component, "web", WEB, [Flow.to_anywhere()], directions=["ingress"])
    assert policies(component, network)["web"] == {
        "podSelector": {"matchLabels": {"app": "web"}},
        "policyTypes": ["Egress", "Ingress"],
        "egress": [{}],
    }
    assert faults(component) == []


def test_every_flow_has_its_rule(network: Network, manifests: SnapshotAssertion) -> None:
    component = shop(network)
    network.policy(component, "web", WEB, EVERY_FLOW)
    assert rendered(component) == manifests
    assert faults(component) == []


def test_a_direction_that_no_flow_has_stays_as_it_was(network: Network) -> None:
    component = shop(network)
    network.policy(component, "out", WEB, [Flow.to_internet(443)])
    network.policy(component, "in", WEB, [Flow.from_internet(443)])
    found = policies(component, network)
    assert "ingress" not in found["out"]
    assert "egress" not in found["in"]
    if isinstance(network, KubernetesNetwork):
        assert found["out"]["policyTypes"] == ["Egress"]
        assert found["in"]["policyTypes"] == ["Ingress"]


def test_a_namespace_that_others_share_is_closed_as_well(network: Network) -> None:
    component = Component(cluster_with(network), "namespaces", layer="infrastructure")
    component.declare(Namespace("apps", pod_security="restricted"))
    component.declare(Namespace("tools", pod_security="restricted"))
    found = objects(component, POLICIES[type(network).__name__])
    names = sorted((each["metadata"]["namespace"], each["metadata"]["name"]) for each in found)
    assert names == [
        ("apps", "allow-dns"),
        ("apps", "default-deny"),
        ("tools", "allow-dns"),
        ("tools", "default-deny"),
    ]


def test_dns_may_be_elsewhere() -> None:
    dns = Pods("dns", "dns-system", {"app": "unbound"})
    component = shop(KubernetesNetwork(dns=dns))
    (rule,) = policies(component, KubernetesNetwork())["allow-dns"]["egress"]
    (peer,) = rule["to"]
    assert peer["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "dns-system"}
    assert peer["podSelector"]["matchLabels"] == {"app": "unbound"}


def test_cilium_reads_answers_where_a_policy_names_hosts() -> None:
    component = shop(CiliumNetwork())
    (rule,) = policies(component, CiliumNetwork())["allow-dns"]["egress"]
    assert rule["toPorts"][0]["rules"] == {"dns": [{"matchPattern": "*"}]}


def test_a_network_without_policies_makes_none() -> None:
    component = shop(OpenNetwork())
    OpenNetwork().policy(component, "web", WEB, EVERY_FLOW)
    assert [item.identity.kind for item in component.rendered()] == ["Namespace"]


def test_a_network_comes_before_the_first_component() -> None:
    cluster = new_cluster()
    new_component(cluster, "early")
    with pytest.raises(InvalidValue, match="comes after component 'early'"):
        cluster.offer(CiliumNetwork())


def test_networks_of_two_clusters_are_separate() -> None:
    platform = Platform()
    closed = new_cluster("closed", platform=platform, offers=[KubernetesNetwork()])
    plain = new_cluster("plain", platform=platform)
    assert len(new_component(closed, "shop").rendered()) == 3
    assert len(new_component(plain, "shop").rendered()) == 1
