"""P85: pods that use the API server can reach it."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.traffic.admission import reaches_api_server
from kubestrata.rules.traffic.cilium import CILIUM
from kubestrata.rules.traffic.isolation import isolation_of
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.account import account_of, has_permissions, has_token
from kubestrata.rules.workload.pod import chart_namespaces


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for pod, found in (isolation_of(tree) or {}).items():
        on_node = pod.spec.get("hostNetwork") is True
        if not found.egress or on_node or pod.namespace in chart_namespaces(tree):
            continue
        if not (has_token(tree, pod) and has_permissions(tree, pod)):
            continue
        allowed = list(found.allowed)
        if not any(map(reaches_api_server, allowed)):
            said = f"egress to the API server is denied, and bindings name {account_of(pod)}"
            if pod.workload.chart is not None and pod.workload.chart.hooks:
                said = f"{said}; it is a hook ({', '.join(pod.workload.chart.hooks)})"
            by_cilium = any(each.group == CILIUM for each in allowed)
            fix = "allow egress to " + ("entity kube-apiserver" if by_cilium else "port 443")
            yield pod.workload.finding("", said, fix, None if tree.generated else Severity.WARNING)


RULES = (
    Rule(
        "P85",
        "network policies allow pods with permissions in the API server to reach it",
        "every call times out, and a release waits for its hook until it fails",
        _check,
        in_charts=Severity.ERROR,
    ),
)
