"""Assertions about connections that network policies allow or deny.

The policies are those of the rendered cluster, of Kubernetes and of Cilium; a connection is open if
the egress of its sender and the ingress of its receiver allow it. Policies that a chart creates are
not known.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from kubestrata.constructs.network import Connectable, Hosts, Pods
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.traffic.decision import (
    Decision,
    UndecidedTraffic,
    decide,
    decide_outside,
)
from kubestrata.rules.traffic.flow import DeclaredFlow, FlowPort, port_of
from kubestrata.rules.workload.pod import Pod, pods_of
from kubestrata.testing.labelled_pod import labelled_pod
from kubestrata.testing.rendered_tree import RenderedTree
from kubestrata.testing.tree_object import TreeObject

Party: TypeAlias = str | TreeObject | Pods | Connectable
"""A workload (`Deployment/web`, or its object), pods by labels, or a construct that listens."""


def assert_open(
    rendered: RenderedTree,
    sender: Party,
    receiver: Party | Hosts,
    port: int,
    *,
    protocol: str = "TCP",
) -> None:
    """Require that policies allow the sender to connect to a port of the receiver.

    Raises AssertionError with the side that is closed and the policies that close it.
    """
    __tracebackhide__ = True
    found = _connections(rendered, sender, receiver, port, protocol)
    closed = [side for sides in found for side in sides if not side.is_open]
    if closed:
        raise AssertionError(_message(sender, receiver, port, "is closed", closed))


def assert_closed(
    rendered: RenderedTree,
    sender: Party,
    receiver: Party | Hosts,
    port: int,
    *,
    protocol: str = "TCP",
) -> None:
    """Require that policies deny the sender a connection to a port of the receiver.

    Raises AssertionError with the policies that allow it.
    """
    __tracebackhide__ = True
    found = _connections(rendered, sender, receiver, port, protocol)
    opened = [side for sides in found if all(each.is_open for each in sides) for side in sides]
    if opened:
        raise AssertionError(_message(sender, receiver, port, "is open", opened))


def _connections(
    rendered: RenderedTree, sender: Party, receiver: Party | Hosts, port: int, protocol: str
) -> list[list[Decision]]:
    """Return the decisions of both sides of each connection; hosts are a connection each."""
    __tracebackhide__ = True
    tree = _with_pods(rendered.tree, sender, receiver)
    pod = _pod(rendered, tree, sender)
    try:
        if isinstance(receiver, Hosts):
            listens = FlowPort(port, frozenset(), protocol)
            return [[decide_outside(tree, pod, host, listens)] for host in receiver.names]
        to = _pod(rendered, tree, receiver)
        listens = port_of(to, port, protocol) or FlowPort(port, frozenset(), protocol)
        return [decide(tree, DeclaredFlow(to, listens, "", pod))]
    except UndecidedTraffic as error:
        raise AssertionError(f"connection to {_shown(receiver)}: {error}") from None


def _with_pods(tree: ClusterTree, *parties: Party | Hosts) -> ClusterTree:
    """Return the tree with a pod for each party that is known by labels only."""
    known = [pods for each in parties if (pods := _labelled(each)) is not None]
    added = [labelled_pod(each) for each in known]
    return replace(tree, subjects=[*tree.subjects, *added]) if added else tree


def _labelled(party: Party | Hosts) -> Pods | None:
    if isinstance(party, str | TreeObject | Hosts):
        return None
    return party if isinstance(party, Pods) else party.endpoint.pods


def _pod(rendered: RenderedTree, tree: ClusterTree, party: Party) -> Pod:
    __tracebackhide__ = True
    if isinstance(party, str):
        wanted = rendered.named(party).identity
    elif isinstance(party, TreeObject):
        wanted = party.identity
    else:
        wanted = labelled_pod(party if isinstance(party, Pods) else party.endpoint.pods).identity
    for pod in pods_of(tree):
        if pod.workload.identity == wanted:
            return pod
    why = "its pods are not in the tree: an operator creates them"
    fix = "pass the construct itself, or Pods(name, namespace, labels)"
    raise AssertionError(f"{wanted}: {why}\n  fix: {fix}")


def _shown(party: Party | Hosts) -> str:
    if isinstance(party, str | TreeObject):
        return str(party)
    if isinstance(party, Hosts):
        return ", ".join(party.names)
    pods = party if isinstance(party, Pods) else party.endpoint.pods
    return f"pods {pods.namespace}/{pods.name}"


def _message(
    sender: Party, receiver: Party | Hosts, port: int, what: str, found: list[Decision]
) -> str:
    lines = "\n".join(f"  {each}" for each in found)
    return f"connection from {_shown(sender)} to {_shown(receiver)} port {port} {what}\n{lines}"
