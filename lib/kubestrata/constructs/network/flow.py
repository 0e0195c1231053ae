"""One permission to talk, seen from the pods that it is given to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kubestrata.constructs.network.peer import Addresses, Entity, Hosts, Peer, Pods
from kubestrata.core.errors import InvalidValue
from kubestrata.core.origin import caller

Protocol = Literal["TCP", "UDP"]
_HTTPS = 443
# Where the API server listens: as the Service `kubernetes`, and on its own hosts.
_API_PORTS = (443, 6443)


@dataclass(frozen=True, slots=True)
class NetworkPort:
    """A port as pods see it: the container's, never the Service's."""

    number: int
    protocol: Protocol = "TCP"

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 65535:
            what = f"NetworkPort({self.number!r})"
            raise InvalidValue(str(caller()), what, "is not within 1-65535")


@dataclass(frozen=True, slots=True)
class Flow:
    """Traffic into pods (`ingress`) or out of them (`egress`); made by the factories below.

    No ports means every port.
    """

    direction: Literal["egress", "ingress"]
    peer: Peer
    ports: tuple[NetworkPort, ...] = ()

    @classmethod
    def to_pods(cls, pods: Pods, *ports: int | NetworkPort) -> Flow:
        """Out, to pods of the cluster."""
        return cls("egress", pods, _ports(ports))

    @classmethod
    def from_pods(cls, pods: Pods, *ports: int | NetworkPort) -> Flow:
        """In, from pods of the cluster."""
        return cls("ingress", pods, _ports(ports))

    @classmethod
    def to_hosts(cls, *names: str, port: int = _HTTPS) -> Flow:
        """Out, to DNS names outside the cluster, `*.example.com` among them."""
        return cls("egress", Hosts(names), _ports([port]))

    @classmethod
    def to_addresses(cls, *blocks: str, ports: Sequence[int | NetworkPort] = ()) -> Flow:
        """Out, to blocks of addresses."""
        return cls("egress", Addresses(blocks), _ports(ports))

    @classmethod
    def to_internet(cls, *ports: int | NetworkPort) -> Flow:
        """Out, to anything outside the cluster."""
        return cls("egress", Entity("internet"), _ports(ports))

    @classmethod
    def to_kubernetes_api(cls) -> Flow:
        """Out, to the API server: what controllers need."""
        return cls("egress", Entity("kubernetes-api"), _ports(_API_PORTS))

    @classmethod
    def from_kubernetes_api(cls, *ports: int | NetworkPort) -> Flow:
        """In, from the API server: webhooks and aggregated APIs."""
        return cls("ingress", Entity("kubernetes-api"), _ports(ports))

    @classmethod
    def to_nodes(cls, *ports: int | NetworkPort) -> Flow:
        """Out, to the nodes themselves: kubelets, exporters on the host's network."""
        return cls("egress", Entity("nodes"), _ports(ports))

    @classmethod
    def from_nodes(cls, *ports: int | NetworkPort) -> Flow:
        """In, from the nodes themselves."""
        return cls("ingress", Entity("nodes"), _ports(ports))

    @classmethod
    def from_internet(cls, *ports: int | NetworkPort) -> Flow:
        """In, from anything outside the cluster."""
        return cls("ingress", Entity("internet"), _ports(ports))

    @classmethod
    def to_pod_identity(cls) -> Flow:
        """Out, to the agent that hands out cloud credentials (source: EKS Pod Identity)."""
        return cls("egress", Entity("pod-identity"), _ports([80]))

    @classmethod
    def of(
        cls, direction: Literal["egress", "ingress"], peer: Peer, *ports: int | NetworkPort
    ) -> Flow:
        """Where the peer was handed over as a value."""
        return cls(direction, peer, _ports(ports))


def _ports(ports: Sequence[int | NetworkPort]) -> tuple[NetworkPort, ...]:
    made = (each if isinstance(each, NetworkPort) else NetworkPort(int(each)) for each in ports)
    return tuple(sorted(set(made), key=lambda each: (each.number, each.protocol)))
