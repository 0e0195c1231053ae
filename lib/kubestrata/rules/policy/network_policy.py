"""P75, P76: pods have default-deny policies that allow DNS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import values
from kubestrata.rules.link.unfollowed import doubt
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.traffic.cilium import CILIUM, CILIUM_POLICIES, specs_of
from kubestrata.rules.traffic.flow import flows
from kubestrata.rules.traffic.isolation import Isolation, isolation_of
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import Pod, chart_namespaces, pods_of

_DNS_PORTS = (53, 5353)
"""The second is the port of the DNS pods in some distributions."""


def _open(tree: ClusterTree) -> Iterator[Finding]:
    isolation = isolation_of(tree)
    if isolation is None:
        return
    for pod in pods_of(tree):
        # policies do not apply to the node's network; a chart may bring some
        if pod.spec.get("hostNetwork") is True or pod.namespace in chart_namespaces(tree):
            continue
        found = isolation.get(pod, Isolation())
        missing = [
            name
            for name, is_denied in (("Ingress", found.ingress), ("Egress", found.egress))
            if not is_denied
        ]
        if missing:
            said = f"no policy denies {' and '.join(missing).lower()} by default"
            fix = f"select it by a NetworkPolicy with policyTypes {', '.join(missing)}"
            yield pod.workload.finding("", said, fix)


def _admits_dns(ports: object) -> bool:
    """Return True if ports of a rule, none for all, include that of DNS."""
    found = [mapping(each) for each in sequence(ports)]
    return not found or any(_is_dns(each) for each in found)


def _is_dns(port: Mapping[str, Any]) -> bool:
    number, last = port.get("port"), port.get("endPort")
    if isinstance(number, str) and not number.isdigit():
        return "dns" in number or "${" in number
    if number is None:
        return True
    if not isinstance(number, int | str):
        return False
    first = int(number)
    ports = range(first, (last if isinstance(last, int) else first) + 1)
    return any(each in ports for each in _DNS_PORTS)


def _names_needed(group: str, rule: Mapping[str, Any]) -> bool:
    """Return True if a rule allows a destination that is resolved by name."""
    if group == CILIUM:
        return any(rule.get(name) for name in ("toEndpoints", "toServices", "toFQDNs"))
    return any(
        "podSelector" in mapping(each) or "namespaceSelector" in mapping(each)
        for each in sequence(rule.get("to"))
    )


def _lets_dns_out(group: str, rule: Mapping[str, Any]) -> bool:
    if group != CILIUM:
        ports = sequence(rule.get("ports"))
        return _admits_dns(ports) and (bool(ports) or _reaches_dns(rule))
    if rule.get("toFQDNs"):
        return False
    wanted = [mapping(each).get("ports") for each in sequence(rule.get("toPorts"))]
    if wanted:
        return any(_admits_dns(each) for each in wanted)
    return not rule.get("toServices") and _reaches_dns(rule)


def _reaches_dns(rule: Mapping[str, Any]) -> bool:
    """Return True if a rule for all ports may include a DNS server."""
    if any(rule.get(field) for field in ("toEntities", "toCIDR", "toCIDRSet")):
        return True
    peers = [
        mapping(each) for each in (*sequence(rule.get("to")), *sequence(rule.get("toEndpoints")))
    ]
    return not peers or any(_may_be_dns(each) for each in peers)


def _may_be_dns(peer: Mapping[str, Any]) -> bool:
    if "ipBlock" in peer:
        return True
    if "podSelector" in peer and "namespaceSelector" not in peer:
        return False
    selector = mapping(peer.get("namespaceSelector", peer))
    return selector.get("matchExpressions") is not None or _is_system(selector)


def _is_system(selector: Mapping[str, Any]) -> bool:
    labels = mapping(selector.get("matchLabels"))
    return not labels or "kube-system" in labels.values() or "kube-dns" in labels.values()


def _unresolved(tree: ClusterTree) -> Iterator[Finding]:
    yield from _unwatched_names(tree)
    isolation = isolation_of(tree)
    if isolation is None:
        return
    naming = {each.sender for each in flows(tree)} if isolation else set[Pod | None]()
    said, fix = (
        "egress to others is allowed, but none to port 53",
        "allow UDP and TCP 53 to kube-system",
    )
    lost: dict[tuple[object, ...], bool] = {}
    for pod, found in isolation.items():
        if not found.egress or pod.spec.get("hostNetwork") is True:
            continue
        parts = pod in naming, *map(id, found.parts)
        if parts not in lost:
            lost[parts] = _is_lost(found, names=pod in naming)
        if lost[parts] and pod.namespace not in chart_namespaces(tree):
            yield pod.workload.finding("", said, fix)


def _is_lost(found: Isolation, *, names: bool) -> bool:
    """Return True if a destination is allowed by name, but DNS is not."""
    allowed = list(found.allowed)
    needed = (names and allowed) or any(_names_needed(each.group, each.body) for each in allowed)
    return bool(needed) and not any(_lets_dns_out(each.group, each.body) for each in allowed)


def _has_dns_rule(spec: Mapping[str, Any]) -> bool:
    return any("dns" in mapping(rules) for _, rules in values(spec, "egress[].toPorts[].rules"))


def _unwatched_names(tree: ClusterTree) -> Iterator[Finding]:
    policies = tree.of_kind(CILIUM, *CILIUM_POLICIES)
    watched = {each.namespace for each in policies if _watches(each)}
    for policy in policies:
        if policy.namespace in watched or "" in watched:
            continue
        for at, spec in specs_of(policy):
            for path, names in values(spec, "egress[].toFQDNs"):
                if names:
                    said = "no rule of the namespace has rules.dns: toFQDNs matches no address"
                    fix = "allow port 53 with rules.dns"
                    yield policy.finding(f"{at}.{path}", said, fix, doubt(tree))


def _watches(policy: Subject) -> bool:
    return any(_has_dns_rule(spec) for _, spec in specs_of(policy))


RULES = (
    Rule(
        "P75",
        "every pod is selected by default-deny network policies",
        "one compromised pod reaches all others",
        _open,
        Severity.WARNING,
        "restricted",
        (
            "kube-linter/non-isolated-pod",
            "polaris/missingNetworkPolicy",
            "kube-score/pod-networkpolicy",
        ),
        aliases=("P-NET",),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P76",
        "pods with restricted egress can resolve names",
        "every connection by name fails after a timeout",
        _unresolved,
        aliases=("P-DNS",),
        in_charts=Severity.ERROR,
    ),
)
