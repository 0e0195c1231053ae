"""A connection between two endpoints: a policy on each side, and an edge in the graph."""

from __future__ import annotations

from collections.abc import Sequence

from kubestrata.constructs.network.endpoint import Endpoint
from kubestrata.constructs.network.flow import Flow
from kubestrata.constructs.network.network import Network
from kubestrata.core.errors import InvalidReference


def connect(source: Endpoint, target: Endpoint) -> None:
    """Let `source` reach the ports of `target`, and order it after what makes the target ready.

    Policies are those of `permit`. Raises MissingOffer where the cluster offers no Network,
    InvalidReference for a target in another cluster.
    """
    permit(source, target)
    if target.ready is not None:
        source.component.needs(target.ready)


def permit(source: Endpoint, target: Endpoint) -> None:
    """Let `source` reach the ports of `target`, whichever of them comes first.

    The policies are `<source>-to-<target>` beside the source and `<target>-from-<source>` beside
    the target; ports are the target's.
    """
    cluster = source.component.cluster
    if target.component.cluster is not cluster:
        theirs = target.component.cluster.name
        what = f"connection from {source.pods.name!r} to {target.pods.name!r}"
        why = f"the one is in cluster {cluster.name}, the other in cluster {theirs}"
        raise InvalidReference(what, why, "connect endpoints of one cluster")
    one, other = source.pods, target.pods
    open_out(source, f"{one.name}-to-{other.name}", [Flow.to_pods(other, *target.ports)])
    network = cluster.ask(Network)
    into = [Flow.from_pods(one, *target.ports)]
    network.policy(target.component, f"{other.name}-from-{one.name}", other, into)


def open_out(source: Endpoint, name: str, flows: Sequence[Flow]) -> None:
    """Let `source` out along `flows`: one policy `name` beside it.

    Where no component declares its namespace, nothing there lets it ask for names: it gets a
    policy `<name>-dns` for that. Raises MissingOffer where the cluster offers no Network.
    """
    component, pods = source.component, source.pods
    network = component.cluster.ask(Network)
    network.policy(component, name, pods, flows)
    if not component.cluster.declares(pods.namespace):
        network.allow_dns(component, f"{name}-dns", pods)
