"""A connection between two endpoints: a policy on each side, and an edge in the graph."""

from __future__ import annotations

from kubestrata.constructs.network.endpoint import Endpoint
from kubestrata.constructs.network.flow import Flow
from kubestrata.constructs.network.network import Network


def connect(source: Endpoint, target: Endpoint) -> None:
    """Let `source` reach the ports of `target`, and order it after what makes the target ready.

    The policies are `<source>-to-<target>` beside the source and `<target>-from-<source>` beside
    the target. Raises MissingOffer where the cluster offers no Network.
    """
    network = source.component.cluster.ask(Network)
    one, other = source.pods, target.pods
    out = [Flow.to_pods(other, *target.ports)]
    network.policy(source.component, f"{one.name}-to-{other.name}", one, out)
    into = [Flow.from_pods(one, *target.ports)]
    network.policy(target.component, f"{other.name}-from-{one.name}", other, into)
    if target.ready is not None:
        source.component.needs(target.ready)
