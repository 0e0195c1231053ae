"""Who may talk to a workload, and whom it may talk to: what connections become.

Ports are the pods' own. Namespaces deny by default and let every pod ask for names; that is the
network's part.
"""

from __future__ import annotations

from typing import Protocol, TypeAlias

from kubestrata.constructs.network import Endpoint, Flow, Network, connect, open_out
from kubestrata.core.argument import require
from kubestrata.core.errors import InvalidValue


class Connectable(Protocol):
    """What listens: a workload, a database, a cache."""

    @property
    def endpoint(self) -> Endpoint:
        """Its pods and ports."""
        ...


Target: TypeAlias = Connectable | Endpoint | Flow


def reach(source: Endpoint, target: Target) -> None:
    """Let `source` talk to `target`; raises InvalidValue for a flow that comes in."""
    if not isinstance(target, Flow):
        found: object = getattr(target, "endpoint", target)
        fix = "pass a workload, a database, an Endpoint or a Flow"
        connect(source, require(f"connection of {source.pods.name!r}", found, Endpoint, fix=fix))
        return
    if target.direction != "egress":
        what, why = f"flow from {target.peer.name!r}", "comes in, and connections go out"
        raise InvalidValue(what, why, "write admits(flow)")
    open_out(source, f"{source.pods.name}-to-{target.peer.name}", [target])


def admit(target: Endpoint, flow: Flow) -> None:
    """Let what the flow names talk to `target`; raises InvalidValue for a flow that goes out."""
    require(f"what {target.pods.name!r} admits", flow, Flow, fix="write Flow.from_...(...)")
    if flow.direction != "ingress":
        what, why = f"flow to {flow.peer.name!r}", "goes out, and what is admitted comes in"
        raise InvalidValue(what, why, "write connects_to(flow)")
    network = target.component.cluster.ask(Network)
    name = f"{target.pods.name}-from-{flow.peer.name}"
    network.policy(target.component, name, target.pods, [flow])
