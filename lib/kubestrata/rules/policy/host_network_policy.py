"""P93: network policies name no pods on the host network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import NETWORKING
from kubestrata.rules.field import mapping_at, values
from kubestrata.rules.link.operated_pod import operated_pods
from kubestrata.rules.link.unseen_pod import labels_known
from kubestrata.rules.rule import Rule
from kubestrata.rules.selector import NAMESPACE_NAME
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.traffic.cilium import CILIUM, CILIUM_POLICIES, pod_selector, specs_of
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import Pod, pod_index

_PEERS = ("spec.ingress[].from[]", "spec.egress[].to[]")
_ENDPOINTS = ("ingress[].fromEndpoints[]", "egress[].toEndpoints[]")


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for policy in tree.of_kind(NETWORKING, "NetworkPolicy"):
        for field in _PEERS:
            for path, value in values(policy.manifest, field):
                peer = mapping(value)
                labels = mapping_at(peer, "namespaceSelector.matchLabels")
                namespace = policy.namespace
                if "namespaceSelector" in peer:
                    namespace = str(labels.get(NAMESPACE_NAME, ""))
                selector = mapping(peer.get("podSelector"))
                yield from _on_nodes(tree, policy, f"{path}.podSelector", namespace, selector)
    for policy in tree.of_kind(CILIUM, *CILIUM_POLICIES):
        for path, rule in specs_of(policy):
            for each in _ENDPOINTS:
                for field, value in values(rule, each):
                    found = pod_selector(mapping(value))
                    if found is not None and value:
                        namespace = found[0] or policy.namespace
                        yield from _on_nodes(tree, policy, f"{path}.{field}", namespace, found[1])


def _on_nodes(
    tree: ClusterTree, policy: Subject, path: str, namespace: str, selector: Mapping[str, Any]
) -> Iterator[Finding]:
    terms = mapping(selector.get("matchLabels")), sequence(selector.get("matchExpressions"))
    if not namespace or not any(terms) or not labels_known(tree, namespace, selector):
        return
    if operated_pods(tree).selected(namespace, selector):
        return
    pods: Sequence[Pod] = pod_index(tree).selected(namespace, selector)
    if pods and all(each.spec.get("hostNetwork") is True for each in pods):
        names = ", ".join(sorted({each.workload.identity.name for each in pods})[:3])
        said = f"{names} is on the host network: its traffic is that of the node"
        yield policy.finding(path, said, "allow the nodes: an ipBlock, or Cilium's remote-node")


RULES = (
    Rule(
        "P93",
        "a network policy allows pods on the host network as nodes",
        "their traffic is denied, because no selector of pods matches it",
        _check,
        Severity.WARNING,
        in_charts=Severity.WARNING,
    ),
)
