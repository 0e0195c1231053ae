"""P67 and P-PSA: a namespace's pod security level, and the pods that it refuses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubestrata.rules.policy.hardening_faults import RESTRICTED
from kubestrata.rules.policy.host_faults import BASELINE, probed_hosts
from kubestrata.rules.policy.pods import Fault, Pod, chart_namespaces, pod_index, pods_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity

_LABEL = "pod-security.kubernetes.io/enforce"
_AT = "metadata.labels"
_REFUSED = {"privileged": (), "baseline": BASELINE, "restricted": (*BASELINE, *RESTRICTED)}
_HOSTS_SINCE = 34
_CLUSTER = ("kube-node-lease", "kube-public", "kube-system")
"""Kubernetes makes them, and its own pods are in them."""


def _undeclared(tree: ClusterTree) -> Iterator[Finding]:
    for namespace in tree.of_kind("", "Namespace"):
        name = namespace.identity.name
        if _LABEL not in namespace.labels and name not in _CLUSTER:
            said = f"no label {_LABEL}: any pod is admitted"
            yield namespace.finding(_AT, said, _advice(tree, name))


def _advice(tree: ClusterTree, namespace: str) -> str:
    """The strictest level that admits all pods of a namespace, if they are all known."""
    pods = pod_index(tree).selected(namespace, {})
    if not pods or namespace in chart_namespaces(tree):
        return ""
    admits = (each for each in reversed(_REFUSED) if not any(_faults(pods, each)))
    return f"add {_LABEL}: {next(admits, 'privileged')}"


def _faults(pods: Sequence[Pod], level: str) -> Iterator[Fault]:
    return (fault for pod in pods for fault in refused(pod, level))


def refused(pod: Pod, level: str) -> Iterator[Fault]:
    """What a level of the Pod Security Standards does not admit of a pod."""
    for judge in _REFUSED[level]:
        yield from judge(pod)


def _minor(version: str) -> int:
    """35 of `1.35` and of `v1.35.2`; 0 if it is no version."""
    minor = version.removeprefix("v").partition(".")[2].partition(".")[0]
    return int(minor) if minor.isdecimal() else 0


def _unadmitted(tree: ClusterTree) -> Iterator[Finding]:
    levels: dict[str, str] = {}
    for namespace in tree.of_kind("", "Namespace"):
        level = str(namespace.labels.get(_LABEL, ""))
        if level in _REFUSED:
            levels[namespace.identity.name] = level
        elif _LABEL in namespace.labels and "${" not in level:
            fix = f"set one of {', '.join(_REFUSED)}"
            yield namespace.finding(_AT, f"{_LABEL} is {level}", fix)
    for pod in pods_of(tree):
        level = levels.get(pod.namespace, "privileged")
        faults = list(refused(pod, level))
        if level != "privileged" and _minor(tree.kubernetes) >= _HOSTS_SINCE:
            faults += probed_hosts(pod)
        if faults:
            first, *more = faults
            others = f", and {len(more)} more" if more else ""
            said = f"namespace {pod.namespace} enforces {level}: {first.message}{others}"
            yield pod.workload.finding(first.path, said, "" if more else first.fix)


RULES = (
    Rule(
        "P67",
        "a namespace says which pods it admits",
        "privileged ones are admitted where nothing is said",
        _undeclared,
        Severity.WARNING,
    ),
    Rule(
        "P-PSA",
        "a namespace admits the pods that are written for it",
        "no pod is created, and the workload waits for ever",
        _unadmitted,
    ),
)
