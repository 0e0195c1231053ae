"""P45-P49, P89, P91: pods during node drains and rollouts."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import is_mapping, mapping, sequence
from kubestrata.rules.field import mapping_at
from kubestrata.rules.link.scaling import replicas
from kubestrata.rules.rule import Rule
from kubestrata.rules.selector import selects, without_keys
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import Pod, pod_index, pods_of
from kubestrata.rules.workload.quantity import share_of

_REPLICATED = ("Deployment", "ReplicaSet", "StatefulSet")


def _blocking(tree: ClusterTree) -> Iterator[Finding]:
    for budget in tree.of_kind("policy", "PodDisruptionBudget"):
        spec = budget.spec
        most, least = spec.get("maxUnavailable"), spec.get("minAvailable")
        if most in (0, "0", "0%"):
            yield budget.finding("spec.maxUnavailable", f"maxUnavailable is {most}", "set it to 1")
        elif least == "100%":
            yield budget.finding("spec.minAvailable", "minAvailable is 100%", _USE_MAXIMUM)
        elif least is not None:
            yield from _too_many(tree, budget, least)


_USE_MAXIMUM = "set maxUnavailable: 1 instead"


def _too_many(tree: ClusterTree, budget: Subject, least: object) -> Iterator[Finding]:
    pods = pod_index(tree).selected(budget.namespace, mapping(budget.spec.get("selector")))
    # the sum of several workloads counts, for daemons the nodes
    if len(pods) != 1 or pods[0].workload.identity.kind not in _REPLICATED:
        return
    number = replicas(tree, pods[0].workload)
    needed = share_of(least, number) if number else None
    if number and needed is not None and needed >= number:
        workload = pods[0].workload.identity
        said = f"minAvailable is {least}, {workload.kind} {workload.name} has {number}"
        yield budget.finding("spec.minAvailable", said, _USE_MAXIMUM)


def _several(tree: ClusterTree) -> Iterator[Finding]:
    first: dict[Pod, Subject] = {}
    reported: set[tuple[Identity, Identity]] = set()
    budgets = tree.of_kind("policy", "PodDisruptionBudget")
    # What a team wrote is changed more easily than what a chart makes.
    for budget in sorted(budgets, key=lambda one: one.chart is None):
        selector = budget.spec.get("selector")
        if not is_mapping(selector):
            continue
        for pod in pod_index(tree).selected(budget.namespace, selector):
            other = first.setdefault(pod, budget)
            if (
                other.identity != budget.identity
                and (budget.identity, other.identity) not in reported
            ):
                reported.add((budget.identity, other.identity))
                of = pod.workload.identity
                said = f"{of.kind} {of.name} has PodDisruptionBudget {other.identity.name} already"
                yield budget.finding("spec.selector", said, "keep one of the two")


def _empty(tree: ClusterTree) -> Iterator[Finding]:
    for budget in tree.of_kind("policy", "PodDisruptionBudget"):
        if "minAvailable" not in budget.spec and "maxUnavailable" not in budget.spec:
            said = "neither minAvailable nor maxUnavailable"
            yield budget.finding("spec", said, "set maxUnavailable to 1")


def _unhealthy(tree: ClusterTree) -> Iterator[Finding]:
    for budget in tree.of_kind("policy", "PodDisruptionBudget"):
        if "unhealthyPodEvictionPolicy" not in budget.spec:
            at = "spec.unhealthyPodEvictionPolicy"
            yield budget.finding(
                at, "pods that never became ready block evictions", "set AlwaysAllow"
            )


def _together(tree: ClusterTree) -> Iterator[Finding]:
    for pod in pods_of(tree):
        workload = pod.workload
        if workload.identity.kind not in _REPLICATED or _is_spread(pod):
            continue
        number = replicas(tree, workload)
        if number is not None and number > 1:
            at = f"{pod.path}.topologySpreadConstraints"
            said = f"{number} replicas may run on one node"
            yield workload.finding(at, said, "spread them over kubernetes.io/hostname")


def _is_spread(pod: Pod) -> bool:
    anti = mapping_at(pod.spec, "affinity.podAntiAffinity")
    return bool(pod.spec.get("topologySpreadConstraints") or any(anti.values()))


def _apart(tree: ClusterTree) -> Iterator[Finding]:
    prefixes = tree.knowledge.run_time_labels
    for pod in pods_of(tree):
        for index, each in enumerate(sequence(pod.spec.get("topologySpreadConstraints"))):
            selector = mapping_at(each, "labelSelector")
            if selector and not selects(without_keys(selector, prefixes), pod.labels):
                at = f"{pod.path}.topologySpreadConstraints[{index}].labelSelector"
                yield pod.workload.finding(at, "does not select its own pods")


def _replaced(tree: ClusterTree) -> Iterator[Finding]:
    for pod in pods_of(tree):
        workload = pod.workload
        kind = workload.identity.kind
        field = "strategy" if kind == "Deployment" else "updateStrategy"
        how = mapping(workload.spec.get(field)).get("type", "RollingUpdate")
        if kind in ("DaemonSet", "StatefulSet") and how == "OnDelete":
            said = "new versions wait until the pods are deleted by hand"
            yield workload.finding(f"spec.{field}.type", said, "set RollingUpdate")
        elif kind == "Deployment" and how == "Recreate" and not pod.has_claims:
            said = "all pods stop before the first new one starts"
            yield workload.finding(f"spec.{field}.type", said, "set RollingUpdate")


RULES = (
    Rule(
        "P45",
        "a PodDisruptionBudget allows at least one disruption",
        "no node can be drained",
        _blocking,
        Severity.ERROR,
        "baseline",
        (
            "kube-linter/pdb-max-unavailable",
            "kube-linter/pdb-min-available",
            "polaris/pdbDisruptionsIsZero",
            "polaris/pdbMinAvailableEqualToHPAMinReplicas",
            "polaris/pdbMinAvailableGreaterThanHPAMinReplicas",
            "polaris/pdbMinAvailableGreaterThanHPAMaxReplicas",
        ),
        in_charts=Severity.ERROR,
    ),
    Rule(
        "P46",
        "a PodDisruptionBudget sets a number",
        "it protects nothing",
        _empty,
        Severity.WARNING,
        "baseline",
        ("kube-score/poddisruptionbudget-has-policy",),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P47",
        "a PodDisruptionBudget allows eviction of broken pods",
        "a crashing pod blocks the drain of its node",
        _unhealthy,
        Severity.NOTE,
        "restricted",
        ("kube-linter/pdb-unhealthy-pod-eviction-policy",),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P48",
        "replicas are spread over nodes",
        "the loss of one node may take down all replicas",
        _together,
        Severity.WARNING,
        "restricted",
        (
            "kube-linter/no-anti-affinity",
            "polaris/topologySpreadConstraint",
            "kube-score/deployment-has-host-podantiaffinity",
            "kube-score/statefulset-has-host-podantiaffinity",
            "kube-score/pod-topology-spread-constraints",
        ),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P49",
        "new versions roll out one pod after another",
        "every rollout is an outage, or does not happen",
        _replaced,
        Severity.NOTE,
        "restricted",
        ("kube-linter/no-rolling-update-strategy", "kube-score/deployment-strategy"),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P89",
        "a pod has at most one PodDisruptionBudget",
        "evictions fail, and no node with such a pod can be drained",
        _several,
        in_charts=Severity.ERROR,
    ),
    Rule(
        "P91",
        "a constraint on the spread of pods selects these pods",
        "they are not spread, and may all run on one node",
        _apart,
        Severity.WARNING,
        in_charts=Severity.WARNING,
    ),
)
