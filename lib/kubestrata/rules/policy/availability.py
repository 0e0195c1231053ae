"""P39-P44, P90: enough replicas, set by one object."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import value_at
from kubestrata.rules.link.scaling import (
    autoscaler_of,
    least_replicas,
    replicas,
    scale_targets,
    scaled_resources,
    scaled_workloads,
    scalers,
    several_scalers,
)
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import (
    chart_namespaces,
    pod_index,
    pods_of,
    served_pods,
    union,
)

_REPLICATED = ("Deployment", "StatefulSet")


def _single(tree: ClusterTree) -> Iterator[Finding]:
    served = served_pods(tree)
    for pod in pods_of(tree):
        workload = pod.workload
        if workload.identity.kind != "Deployment" or pod not in served:
            continue
        # a volume that only one node can mount admits no second pod
        if workload.identity in scalers(tree) or pod.has_claims:
            continue
        number = workload.spec.get("replicas", 1)
        if number == 1:
            yield workload.finding("spec.replicas", "replicas is 1", "set 2 or more")


def _single_scaled(tree: ClusterTree) -> Iterator[Finding]:
    for scaler in scalers(tree).values():
        # One that scales to zero by default does so on purpose.
        fact = autoscaler_of(tree, scaler)
        if fact.default > 0 and least_replicas(tree, scaler) == 1:
            yield scaler.finding(f"spec.{fact.least}", f"{fact.least} is 1", "set 2 or more")


def _stuck(tree: ClusterTree) -> Iterator[Finding]:
    for scaler in scalers(tree).values():
        field = autoscaler_of(tree, scaler).most
        most, least = scaler.spec.get(field), least_replicas(tree, scaler)
        if isinstance(most, int) and least is not None and most <= least:
            yield scaler.finding(f"spec.{field}", f"{field} is {most}, the minimum is {least}")


def _several(tree: ClusterTree) -> Iterator[Finding]:
    for target, (first, *others) in several_scalers(tree).items():
        for other in others:
            what = f"{first.identity.kind} {first.identity.name}"
            said = f"{what} scales {target.kind} {target.name} already"
            yield other.finding("spec.scaleTargetRef", said, "keep one of the two")


def _fought(tree: ClusterTree) -> Iterator[Finding]:
    for workload, scaler in scaled_workloads(tree):
        number = workload.spec.get("replicas")
        if number is not None:
            what = f"{scaler.identity.kind} {scaler.identity.name}"
            said = f"replicas is {number}, and {what} sets it too"
            yield workload.finding("spec.replicas", said, "remove it")


def _vertical(tree: ClusterTree) -> Iterator[Finding]:
    for use in scale_targets(tree, "autoscaling.k8s.io", "VerticalPodAutoscaler"):
        vertical, scaler = use.subject, scalers(tree).get(use.identity)
        if scaler is None or value_at(vertical.spec, "updatePolicy.updateMode") == "Off":
            continue
        both = scaled_resources(scaler) & _resized(mapping(vertical.spec.get("resourcePolicy")))
        if both:
            what = f"{scaler.identity.kind} {scaler.identity.name}"
            said = f"{what} scales by {' and '.join(sorted(both))}, which this one changes"
            yield vertical.finding("spec.targetRef", said, "set updateMode to Off")


def _resized(policy: dict[str, object]) -> frozenset[str]:
    found: set[str] = set()
    for each in sequence(policy.get("containerPolicies")) or ({},):
        container = mapping(each)
        if container.get("mode") != "Off":
            resources = sequence(container.get("controlledResources")) or ("cpu", "memory")
            found.update(map(str, resources))
    return frozenset(found)


def _unprotected(tree: ClusterTree) -> Iterator[Finding]:
    index = pod_index(tree)
    protected = union(
        index.selected(budget.namespace, mapping(budget.spec.get("selector")))
        for budget in tree.of_kind("policy", "PodDisruptionBudget")
    )
    for pod in pods_of(tree):
        workload = pod.workload
        if workload.identity.kind not in _REPLICATED or pod in protected:
            continue
        number = replicas(tree, workload)
        if number is not None and number > 1 and pod.namespace not in chart_namespaces(tree):
            said = f"{number} replicas, and no PodDisruptionBudget selects them"
            yield workload.finding("", said, "add one with maxUnavailable: 1")


RULES = (
    Rule(
        "P39",
        "a Deployment behind a Service has two replicas or more",
        "every drain of its node is an outage",
        _single,
        Severity.NOTE,
        "restricted",
        (
            "kube-linter/minimum-three-replicas",
            "polaris/deploymentMissingReplicas",
            "kube-score/deployment-replicas",
        ),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P40",
        "an autoscaler has a minimum of two replicas or more",
        "at low load, the loss of a node is an outage",
        _single_scaled,
        Severity.NOTE,
        "restricted",
        (
            "kube-linter/hpa-minimum-three-replicas",
            "polaris/hpaMinAvailability",
            "kube-score/horizontalpodautoscaler-replicas",
        ),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P41",
        "an autoscaler's maximum is above its minimum",
        "it cannot scale",
        _stuck,
        Severity.WARNING,
        "baseline",
        ("polaris/hpaMaxAvailability",),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P42",
        "an autoscaled workload sets no replicas",
        "each reconciliation undoes the change of the autoscaler",
        _fought,
        Severity.ERROR,
        "baseline",
        ("kube-score/deployment-targeted-by-hpa-does-not-have-replicas-configured",),
        in_charts=Severity.ERROR,
    ),
    Rule(
        "P43",
        "horizontal and vertical autoscaler do not use the same resource",
        "each changes the value that the other measures",
        _vertical,
        Severity.ERROR,
        in_charts=Severity.ERROR,
    ),
    Rule(
        "P44",
        "several replicas have a PodDisruptionBudget",
        "a drain may evict all of them at once",
        _unprotected,
        Severity.WARNING,
        "restricted",
        (
            "polaris/missingPodDisruptionBudget",
            "kube-score/deployment-has-poddisruptionbudget",
            "kube-score/statefulset-has-poddisruptionbudget",
        ),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P90",
        "a workload has at most one autoscaler",
        "they overwrite each other's number of replicas",
        _several,
        in_charts=Severity.ERROR,
    ),
)
