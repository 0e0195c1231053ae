"""P67, P78: the Pod Security level of a namespace, and the pods that it rejects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.hardening_faults import RESTRICTED
from kubestrata.rules.workload.host_faults import BASELINE, probed_hosts
from kubestrata.rules.workload.pod import Pod, PodProblem, chart_namespaces, pod_index, pods_of

_LABEL = "pod-security.kubernetes.io/enforce"
_AT = "metadata.labels"
_REFUSED = {"privileged": (), "baseline": BASELINE, "restricted": (*BASELINE, *RESTRICTED)}
_HOSTS_SINCE = 34
_CLUSTER = ("kube-node-lease", "kube-public", "kube-system")
"""Kubernetes creates them, and its own pods are in them."""


def _undeclared(tree: ClusterTree) -> Iterator[Finding]:
    for namespace in tree.of_kind("", "Namespace"):
        name = namespace.identity.name
        if _LABEL not in namespace.labels and name not in _CLUSTER:
            said = f"no label {_LABEL}: any pod is admitted"
            yield namespace.finding(_AT, said, _advice(tree, name))


def _advice(tree: ClusterTree, namespace: str) -> str:
    """Return the strictest level that admits all pods of a namespace, if they are all known."""
    pods = pod_index(tree).selected(namespace, {})
    if not pods or namespace in chart_namespaces(tree):
        return ""
    admits = (each for each in reversed(_REFUSED) if not any(_faults(pods, each)))
    return f"add {_LABEL}: {next(admits, 'privileged')}"


def _faults(pods: Sequence[Pod], level: str) -> Iterator[PodProblem]:
    return (fault for pod in pods for fault in refused(pod, level))


def refused(pod: Pod, level: str) -> Iterator[PodProblem]:
    """Yield the violations of a pod against a level of the Pod Security Standards."""
    for check in _REFUSED[level]:
        yield from check(pod)


def _minor(version: str) -> int:
    """Return 35 for `1.35` and `v1.35.2`; 0 if it is not a version."""
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
        "a namespace sets its Pod Security level",
        "privileged pods are admitted by default",
        _undeclared,
        Severity.WARNING,
        in_charts=Severity.ERROR,
    ),
    Rule(
        "P78",
        "a namespace admits the pods of its workloads",
        "no pod is created, and the workload never becomes ready",
        _unadmitted,
        aliases=("P-PSA",),
        in_charts=Severity.ERROR,
    ),
)
