"""Network flows, seen from the pods that they are allowed for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from kubestrata.constructs.network.peer import Addresses, Entity, Hosts, Peer, Pods
from kubestrata.core.argument import require
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen

Protocol = Literal["SCTP", "TCP", "UDP"]
_HTTPS = 443
# Ports of the API server: of the Service `kubernetes`, and of its own hosts.
_API_PORTS = (443, 6443)
_LAST = 65536
# Source: IANA_SVC_NAME of apimachinery.
_PORT_NAME = re.compile(r"(?=.{1,15}\Z)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*\Z")


class NetworkPort(Frozen):
    """The number of a container port; policies never see a Service's port."""

    number: int
    protocol: Protocol = "TCP"

    def __post_init__(self) -> None:
        require("the number of a NetworkPort", self.number, int, fix="a name is a NamedPort")
        if not 1 <= self.number <= 65535:
            what = f"NetworkPort({self.number!r})"
            raise InvalidValue(what, "is not within 1-65535")


class NamedPort(Frozen):
    """The name of a container port, where its number is unknown."""

    name: str
    protocol: Protocol = "TCP"

    def __post_init__(self) -> None:
        if not _PORT_NAME.match(str(self.name)):
            fix = "write at most 15 of a-z, 0-9 and '-', one letter among them: 'metrics'"
            raise InvalidValue(f"port {self.name!r}", "is not a valid port name", fix)


PodPort = int | NetworkPort | NamedPort
Direction = Literal["egress", "ingress"]


class Flow(Frozen):
    """Traffic into pods (`ingress`) or out of them (`egress`); use one of the factories below.

    Without ports, all ports are allowed.
    """

    direction: Direction
    peer: Peer
    ports: tuple[NetworkPort | NamedPort, ...] = ()

    @classmethod
    def to_pods(cls, pods: Pods, *ports: PodPort) -> Flow:
        """Return egress to pods of the cluster; those on the host network are nodes."""
        return cls("egress", _seen(pods), _ports(ports))

    @classmethod
    def from_pods(cls, pods: Pods, *ports: PodPort) -> Flow:
        """Return ingress from pods of the cluster; those on the host network are nodes."""
        return cls("ingress", _seen(pods), _ports(ports))

    @classmethod
    def to_hosts(cls, *names: str, port: int = _HTTPS) -> Flow:
        """Return egress to DNS names outside the cluster, including wildcards: `*.example.com`."""
        return cls("egress", Hosts(names), _ports([port]))

    @classmethod
    def to_addresses(cls, *blocks: str, ports: Sequence[PodPort] = ()) -> Flow:
        """Return egress to CIDR blocks."""
        return cls("egress", Addresses(blocks), _ports(ports))

    @classmethod
    def to_cluster(cls, *ports: PodPort) -> Flow:
        """Return egress to pods of any namespace and to the nodes, for collectors."""
        return cls("egress", Entity("cluster"), _ports(ports))

    @classmethod
    def from_cluster(cls, *ports: PodPort) -> Flow:
        """Return ingress from pods of any namespace and from the nodes, for shared services."""
        return cls("ingress", Entity("cluster"), _ports(ports))

    @classmethod
    def to_internet(cls, *ports: PodPort) -> Flow:
        """Return egress to any destination outside the cluster."""
        return cls("egress", Entity("internet"), _ports(ports))

    @classmethod
    def to_anywhere(cls) -> Flow:
        """Return egress to any destination on any port, for proxies.

        A client of one of Cilium's Gateways needs it without ports: the proxy applies the client's
        egress policy again, to the backend that it selected.
        """
        return cls("egress", Entity("anywhere"))

    @classmethod
    def from_anywhere(cls, *ports: PodPort) -> Flow:
        """Return ingress from any source, inside and outside the cluster."""
        return cls("ingress", Entity("anywhere"), _ports(ports))

    @classmethod
    def to_kubernetes_api(cls) -> Flow:
        """Return egress to the API server, which controllers need."""
        return cls("egress", Entity("kubernetes-api"), _ports(_API_PORTS))

    @classmethod
    def from_kubernetes_api(cls, *ports: PodPort) -> Flow:
        """Return ingress from the API server, for webhooks and aggregated APIs."""
        return cls("ingress", Entity("kubernetes-api"), _ports(ports))

    @classmethod
    def to_nodes(cls, *ports: PodPort) -> Flow:
        """Return egress to the nodes themselves: kubelets, exporters on the host's network."""
        return cls("egress", Entity("nodes"), _ports(ports))

    @classmethod
    def from_nodes(cls, *ports: PodPort) -> Flow:
        """Return ingress from the nodes themselves."""
        return cls("ingress", Entity("nodes"), _ports(ports))

    @classmethod
    def from_internet(cls, *ports: PodPort) -> Flow:
        """Return ingress from any source outside the cluster."""
        return cls("ingress", Entity("internet"), _ports(ports))

    @classmethod
    def to_pod_identity(cls) -> Flow:
        """Return egress to the agent that provides cloud credentials (source: EKS Pod Identity)."""
        return cls("egress", Entity("pod-identity"), _ports([80]))

    @classmethod
    def of(cls, direction: Direction, peer: Peer, *ports: PodPort) -> Flow:
        """Return a flow to or from `peer`."""
        return cls(direction, peer, _ports(ports))


def _seen(pods: Pods) -> Pods | Entity:
    """Return pods as a policy sees them."""
    return Entity("nodes") if pods.host_network else pods


def _ports(ports: Sequence[PodPort]) -> tuple[NetworkPort | NamedPort, ...]:
    for each in ports:
        kinds = (int, NetworkPort, NamedPort)
        require(f"port {each!r}", each, *kinds, fix="write a name as a NamedPort")
    made = {NetworkPort(int(each)) if isinstance(each, int) else each for each in ports}
    return tuple(sorted(made, key=_numbers_first))


def _numbers_first(port: NetworkPort | NamedPort) -> tuple[int, str, str]:
    if isinstance(port, NamedPort):
        return (_LAST, port.name, port.protocol)
    return (port.number, "", port.protocol)
