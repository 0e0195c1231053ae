"""Ports of Services."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kubeapis import k8s
from kubestrata.constructs.network.flow import NamedPort, NetworkPort, Protocol
from kubestrata.core.argument import require
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen

# The default range of the API server (source: --service-node-port-range).
_NODE_PORTS = range(30000, 32768)


class ServicePort(Frozen):
    """A port of a Service, and the port of the pods behind it.

    `target` is a container port by number or name; None is the number of the Service's port.
    `node_port` is the port on every node, for Services of type NodePort and LoadBalancer; None lets
    the API server choose one. `app_protocol` is a hint for proxies: `kubernetes.io/h2c`.
    """

    port: int
    target: int | str | None = None
    name: str | None = None
    protocol: Protocol = "TCP"
    app_protocol: str | None = None
    node_port: int | None = None

    def __post_init__(self) -> None:
        NetworkPort(self.port, self.protocol)
        _ = self.pod_port
        if self.name is not None:
            NamedPort(self.name)
        if self.node_port is not None and self.node_port not in _NODE_PORTS:
            why = f"is not within {_NODE_PORTS.start}-{_NODE_PORTS.stop - 1}"
            raise InvalidValue(f"node_port {self.node_port!r}", why)

    @property
    def pod_port(self) -> NetworkPort | NamedPort:
        """Return the container port, for network policies."""
        if isinstance(self.target, str):
            return NamedPort(self.target, self.protocol)
        return NetworkPort(self.port if self.target is None else self.target, self.protocol)

    @property
    def field(self) -> k8s.ServicePort:
        """Return the entry of `spec.ports`."""
        return k8s.ServicePort(
            name=self.name,
            port=self.port,
            target_port=self.port if self.target is None else self.target,
            protocol=None if self.protocol == "TCP" else self.protocol,
            app_protocol=self.app_protocol,
            node_port=self.node_port,
        )


def check_ports(what: str, ports: Sequence[ServicePort], *, on_nodes: bool) -> None:
    """Raise InvalidValue for ports that the API server rejects together."""
    for each in ports:
        require(f"port of {what}", each, ServicePort, fix="write ServicePort(80)")
        if each.node_port is not None and not on_nodes:
            why = f"has no ports on nodes, but node_port {each.node_port}"
            raise InvalidValue(what, why, "write a NodePortService or a LoadBalancer")
    if len(ports) > 1 and any(each.name is None for each in ports):
        number = next(each.port for each in ports if each.name is None)
        why = f"has {len(ports)} ports, of which {number} has no name"
        raise InvalidValue(what, why, f"write ServicePort({number}, name='...')")
    _check_once(what, ((each.name or "").lower() for each in ports), "name")
    _check_once(what, (f"{each.port}/{each.protocol}" for each in ports), "port")
    on_node = [f"{each.node_port}/{each.protocol}" for each in ports if each.node_port is not None]
    _check_once(what, on_node, "node_port")


def _check_once(what: str, values: Iterable[str], kind: str) -> None:
    known = list(values)
    twice = sorted({each for each in known if known.count(each) > 1})
    if twice:
        raise InvalidValue(what, f"has {kind} {twice[0]!r} twice", "change one of them")
