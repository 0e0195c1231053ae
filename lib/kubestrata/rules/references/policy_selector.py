"""R12: network policies select existing pods, and allow existing peers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import NETWORKING
from kubestrata.rules.field import known, values
from kubestrata.rules.link.operated_pod import operated_pods
from kubestrata.rules.link.unseen import dynamic
from kubestrata.rules.link.unseen_pod import labels_known
from kubestrata.rules.rule import Rule
from kubestrata.rules.selector import NAMESPACE_NAME
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.traffic.cilium import CILIUM, CILIUM_POLICIES, pod_selector, specs_of
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import near_label, pod_index

_FIX = "select labels that pods of the namespace have, or remove the selector with its rule"
_PEERS = ("spec.ingress[].from[]", "spec.egress[].to[]")
_ENDPOINTS = (
    "ingress[].fromEndpoints[]",
    "ingressDeny[].fromEndpoints[]",
    "egress[].toEndpoints[]",
    "egressDeny[].toEndpoints[]",
)


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for policy in tree.of_kind(NETWORKING, "NetworkPolicy"):
        yield from _kubernetes(tree, policy)
    for policy in tree.of_kind(CILIUM, *CILIUM_POLICIES):
        yield from _cilium(tree, policy)


def _kubernetes(tree: ClusterTree, policy: Subject) -> Iterator[Finding]:
    selector = mapping(policy.spec.get("podSelector"))
    yield from _pods(tree, policy, "spec.podSelector", policy.namespace, selector)
    for field in _PEERS:
        for path, value in values(policy.manifest, field):
            peer = mapping(value)
            selector = mapping(peer.get("podSelector"))
            if "namespaceSelector" not in peer:
                yield from _pods(tree, policy, f"{path}.podSelector", policy.namespace, selector)
                continue
            chosen = mapping(peer["namespaceSelector"])
            yield from _spaces(tree, policy, f"{path}.namespaceSelector", chosen)
            name = mapping(chosen.get("matchLabels")).get(NAMESPACE_NAME)
            if name is None or len(mapping(chosen.get("matchLabels"))) > 1:
                continue
            if not chosen.get("matchExpressions"):
                yield from _pods(tree, policy, f"{path}.podSelector", str(name), selector)


def _spaces(
    tree: ClusterTree, policy: Subject, path: str, selector: Mapping[str, Any]
) -> Iterator[Finding]:
    """Yield a selector by labels of which no Namespace of the tree has any."""
    labels = mapping(selector.get("matchLabels"))
    own = [key for key in labels if "kubernetes.io/" not in key and known(str(labels[key]))]
    declared = tree.of_kind("", "Namespace")
    if not own or not declared or dynamic(tree, selector):
        return
    missing = [key for key in own if not any(key in each.labels for each in declared)]
    if missing:
        message = f"selects no namespace: none has the label {missing[0]}"
        fix = "select kubernetes.io/metadata.name, which every namespace has"
        # Namespaces of others may have it.
        yield policy.finding(path, message, fix, Severity.WARNING)


def _cilium(tree: ClusterTree, policy: Subject) -> Iterator[Finding]:
    for path, rule in specs_of(policy):
        own = ("endpointSelector", rule.get("endpointSelector"))
        for field, value in (own, *(found for each in _ENDPOINTS for found in values(rule, each))):
            found = pod_selector(mapping(value))
            if found is None or not value:
                continue
            # A clusterwide selector without a namespace may mean pods outside the tree.
            namespace = found[0] or policy.namespace
            if namespace:
                yield from _pods(tree, policy, f"{path}.{field}", namespace, found[1])


def _pods(
    tree: ClusterTree, policy: Subject, path: str, namespace: str, selector: dict[str, Any]
) -> Iterator[Finding]:
    terms = mapping(selector.get("matchLabels")), sequence(selector.get("matchExpressions"))
    if not any(terms) or dynamic(tree, selector):
        return
    others = Identity("", "Namespace", "", namespace) in tree.external  # Others fill it.
    is_open = others or not labels_known(tree, namespace, selector)
    # No operator runs the pods that answer DNS.
    if is_open and not _is_own_dns(tree, namespace, terms[0]):
        return
    indexes = pod_index(tree), operated_pods(tree)
    if not any(each.selected(namespace, selector) for each in indexes):
        message = f"selects no pod of namespace {namespace}"
        fix = near_label(tree, namespace, terms[0]) or _FIX
        # Its pods may come later, or from outside.
        yield policy.finding(path, message, fix, Severity.WARNING)


def _is_own_dns(tree: ClusterTree, namespace: str, labels: Mapping[str, Any]) -> bool:
    """Return True for pods that answer DNS, in a tree that runs them itself."""
    service = Identity("", "Service", namespace, "kube-dns")
    return labels.get("k8s-app") == "kube-dns" and service in tree.by_identity


RULES = (
    Rule(
        "R12",
        "a network policy, and each of its peers, selects existing pods",
        "traffic that it should allow is denied, or traffic that it should deny is allowed",
        _check,
        in_charts=Severity.ERROR,
    ),
)
