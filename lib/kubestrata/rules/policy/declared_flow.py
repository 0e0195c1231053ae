"""P77, P86: network policies with default deny allow the traffic that the tree declares."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.traffic.admission import admits, allows
from kubestrata.rules.traffic.flow import DeclaredFlow, flows
from kubestrata.rules.traffic.isolation import Isolation, isolation_of
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import Pod, chart_namespaces


def _direct(tree: ClusterTree) -> Iterator[Finding]:
    severity = None if tree.generated else Severity.WARNING
    for flow in flows(tree):
        if not flow.routed:
            yield from _ingress(tree, flow, severity)
            yield from _egress(tree, flow, severity)


def _routed(tree: ClusterTree) -> Iterator[Finding]:
    for flow in flows(tree):
        if flow.routed:
            yield from _egress(tree, flow, None)


def _ingress(tree: ClusterTree, flow: DeclaredFlow, severity: Severity | None) -> Iterator[Finding]:
    here = _checked(tree, flow.to)
    if here and here.ingress and not any(admits(tree, each, flow) for each in here.admitted):
        said = f"ingress on port {flow.port} is denied: {flow.reason}"
        fix = f"allow ingress from {_sender(flow)}"
        yield flow.to.workload.finding("", said, fix, severity)


def _egress(tree: ClusterTree, flow: DeclaredFlow, severity: Severity | None) -> Iterator[Finding]:
    sender = flow.sender
    # The node's network is reached by address; pod selectors do not match it.
    if sender is None or flow.to.spec.get("hostNetwork") is True:
        return
    there = _checked(tree, sender)
    if there and there.egress and not any(allows(tree, each, flow) for each in there.allowed):
        what = f"port {flow.port} of {flow.to.workload.identity}"
        said = f"egress to {what} is denied: {flow.reason}"
        yield sender.workload.finding("", said, f"allow egress to {what}", severity)


def _checked(tree: ClusterTree, pod: Pod) -> Isolation | None:
    # Policies do not apply to the node's network; a chart may bring some.
    if pod.spec.get("hostNetwork") is True or pod.namespace in chart_namespaces(tree):
        return None
    return (isolation_of(tree) or {}).get(pod)


def _sender(flow: DeclaredFlow) -> str:
    port = f"to port {flow.port}"
    if flow.sender is not None:
        return f"{flow.sender.workload.identity} {port}"
    if flow.namespaces is None:
        return f"its sender {port}"
    return f"the gateway of {', '.join(sorted(flow.namespaces))} {port}"


RULES = (
    Rule(
        "P77",
        "network policies allow the traffic of routes, scrapes, webhooks and environments",
        "requests time out, though all objects are healthy",
        _direct,
        aliases=("P-FLOW",),
        in_charts=Severity.ERROR,
    ),
    Rule(
        "P86",
        "network policies allow pods the backends of the routes whose hosts they name",
        "Cilium denies the connection through its gateway, as it does the direct one",
        _routed,
        Severity.WARNING,
        in_charts=Severity.WARNING,
    ),
)
