"""Network flows, and invalid ones."""

from __future__ import annotations

import pytest

from kubestrata.constructs import Flow, Pods
from kubestrata.constructs.network import Addresses, Entity, Hosts, NetworkPort
from kubestrata.core.errors import InvalidValue

WEB = Pods("web", "shop", {"app": "web"})
TCP_443 = (NetworkPort(443),)


@pytest.mark.parametrize(
    ("flow", "expected"),
    [
        (Flow.to_pods(WEB, 80), ("egress", WEB, (NetworkPort(80),))),
        (Flow.from_pods(WEB, 80), ("ingress", WEB, (NetworkPort(80),))),
        (Flow.to_hosts("a.example.com"), ("egress", Hosts(("a.example.com",)), TCP_443)),
        (
            Flow.to_addresses("10.0.0.0/8", ports=[53]),
            ("egress", Addresses(("10.0.0.0/8",)), (NetworkPort(53),)),
        ),
        (Flow.to_internet(443), ("egress", Entity("internet"), TCP_443)),
        (Flow.from_internet(443), ("ingress", Entity("internet"), TCP_443)),
        (
            Flow.to_kubernetes_api(),
            ("egress", Entity("kubernetes-api"), (*TCP_443, NetworkPort(6443))),
        ),
        (Flow.from_kubernetes_api(443), ("ingress", Entity("kubernetes-api"), TCP_443)),
        (Flow.to_nodes(443), ("egress", Entity("nodes"), TCP_443)),
        (Flow.from_nodes(443), ("ingress", Entity("nodes"), TCP_443)),
        (Flow.to_pod_identity(), ("egress", Entity("pod-identity"), (NetworkPort(80),))),
    ],
    ids=lambda each: f"{each.direction}-{each.peer.name}" if isinstance(each, Flow) else "",
)
def test_a_factory_sets_direction_peer_and_ports(flow: Flow, expected: object) -> None:
    assert (flow.direction, flow.peer, flow.ports) == expected


def test_a_peer_may_be_passed_as_a_value() -> None:
    assert Flow.of("ingress", WEB, 443) == Flow.from_pods(WEB, 443)


def test_ports_are_sorted_and_unique() -> None:
    flow = Flow.to_pods(WEB, 443, NetworkPort(53, "UDP"), 80, NetworkPort(53), 443)
    assert flow.ports == (
        NetworkPort(53, "TCP"),
        NetworkPort(53, "UDP"),
        NetworkPort(80),
        NetworkPort(443),
    )


@pytest.mark.parametrize("number", [0, 65536, -1])
def test_a_port_is_within_its_limits(number: int) -> None:
    with pytest.raises(InvalidValue, match="is not within 1-65535"):
        Flow.to_pods(WEB, number)


def test_addresses_are_whole_blocks() -> None:
    with pytest.raises(InvalidValue, match=r"block '10.0.0.1/8': .*host bits set"):
        Flow.to_addresses("10.0.0.1/8")


def test_a_flow_without_a_peer_is_refused() -> None:
    with pytest.raises(InvalidValue, match="Hosts: is empty"):
        Flow.to_hosts()
    with pytest.raises(InvalidValue, match="has no block"):
        Flow.to_addresses()


@pytest.mark.parametrize(
    ("flow", "name"),
    [
        (Flow.to_pods(WEB), "web"),
        (Flow.to_hosts("*.example.com", "b.example.com"), "any.example.com"),
        (Flow.to_addresses("10.0.0.0/8"), "10.0.0.0-8"),
        (Flow.to_addresses("2001:db8::/32"), "2001-db8-32"),
        (Flow.to_internet(), "internet"),
    ],
)
def test_a_peer_has_a_name_that_policies_can_carry(flow: Flow, name: str) -> None:
    assert flow.peer.name == name


@pytest.mark.parametrize("name", ["https://a.example.com", "a.example.com:443", "a.example.com/b"])
def test_a_host_of_a_flow_is_a_name_only(name: str) -> None:
    with pytest.raises(InvalidValue, match=r"is not a host name.*\n  fix: write 'a\.example\.com'"):
        Flow.to_hosts(name)
