"""Check that traffic between pods of a cluster is allowed on both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from kubestrata.constructs.network.flow import Flow, NamedPort
from kubestrata.constructs.network.network import Network
from kubestrata.constructs.network.peer import Entity, Peer, Pods
from kubestrata.core.cluster import Cluster, ClusterCheck
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.origin import Origin, caller


class _Allowed(Frozen):
    pods: Pods
    flow: Flow
    origin: Origin


class BothSides(ClusterCheck):
    """All flows that the cluster's policies allow.

    A flow between pods needs a policy on the other side, too, where the namespace there denies by
    default. Labels without a contradiction may select the same pods, so only a flow without any
    counterpart is an error.
    """

    def __init__(self) -> None:
        self._allowed: list[_Allowed] = []
        self._namespaces: dict[tuple[str, str], str] = {}

    def policy_name(self, pods: Pods, word: str, peer: Peer) -> str:
        """Return the name of the policy of `pods` for a peer: `<pods>-to-<peer>`.

        Pods of a second namespace with the name of others have the namespace behind it.
        """
        name = f"{pods.name}-{word}-{peer.name}"
        if not isinstance(peer, Pods):
            return name
        first = self._namespaces.setdefault((pods.namespace, name), peer.namespace)
        return name if first == peer.namespace else f"{name}-{peer.namespace}"

    def add(self, pods: Pods, flows: Iterable[Flow]) -> None:
        """Record flows that a policy of `pods` allows."""
        origin = caller()
        self._allowed += [_Allowed(pods, flow, origin) for flow in flows]

    def check(self, cluster: Cluster) -> None:
        """Raise InvalidValue for a flow that only one side allows."""
        known: defaultdict[tuple[str, str], list[_Allowed]] = defaultdict(list)
        network = cluster.ask(Network)
        for each in self._allowed:
            known[each.pods.namespace, each.flow.direction].append(each)
        for each in self._allowed:
            peer, out = each.flow.peer, each.flow.direction == "egress"
            if not isinstance(peer, Pods) or peer.cluster:
                continue
            same = peer.namespace == each.pods.namespace
            if not network.denies(cluster, peer.namespace) or (same and network.is_open_within):
                continue
            other = known[peer.namespace, "ingress" if out else "egress"]
            if not any(_meets(each, peer, one) for one in other):
                raise _one_sided(each, peer, out=out)


def _meets(one: _Allowed, peer: Pods, other: _Allowed) -> bool:
    """Return True if `other` allows the flow on the side of `peer`."""
    return (
        _overlap(peer, other.pods)
        and _admits(other.flow, one.pods)
        and _covers(other.flow.ports, one.flow.ports)
    )


def _admits(flow: Flow, pods: Pods) -> bool:
    match flow.peer:
        case Pods():
            return flow.peer.namespace == pods.namespace and _overlap(flow.peer, pods)
        case Entity(where="anywhere" | "cluster"):
            return True
        case _:
            return False


def _overlap(one: Pods, other: Pods) -> bool:
    return all(other.labels.get(key, value) == value for key, value in one.labels.items())


def _covers(allowed: Sequence[object], wanted: Sequence[object]) -> bool:
    """Return True unless a port is missing; port names are resolved in the pods only."""
    if not allowed or any(isinstance(port, NamedPort) for port in (*allowed, *wanted)):
        return True
    return bool(wanted) and set(wanted) <= set(allowed)


def _one_sided(allowed: _Allowed, peer: Pods, *, out: bool) -> InvalidValue:
    source, target = (allowed.pods, peer) if out else (peer, allowed.pods)
    missing = f"no policy of {peer.name!r} allows it {'in' if out else 'out'}"
    factory = f"Flow.{'from' if out else 'to'}_pods(...)"
    return InvalidValue(
        f"flow from {source.name!r} to {target.name!r}",
        f"{missing}, and namespace {peer.namespace!r} denies by default",
        f"write {source.name}.connect_to({target.name}), or {peer.name}.allow({factory})",
        where=allowed.origin,
    )
