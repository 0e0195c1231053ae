"""R09: what scales, limits or protects a workload names one that exists."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest

from kubestrata.core.identity import Identity, group_of
from kubestrata.core.json_value import mapping
from kubestrata.rules.references._selection import pods_of
from kubestrata.rules.references._unseen import dynamic, hidden, pods_hidden
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding

_TARGETED = (
    ("autoscaling", "HorizontalPodAutoscaler", "scaleTargetRef"),
    ("autoscaling.k8s.io", "VerticalPodAutoscaler", "targetRef"),
    ("keda.sh", "ScaledObject", "scaleTargetRef"),
)


def targets(tree: ClusterTree) -> Iterator[tuple[Subject, str, Identity]]:
    """What autoscalers scale: the autoscaler, its field, and the object that this names."""
    for group, kind, field in _TARGETED:
        for subject in tree.of_kind(group, kind):
            target = mapping(subject.spec.get(field))
            name, of = str(target.get("name")), str(target.get("kind", "Deployment"))
            where = group_of(str(target.get("apiVersion", "apps/v1")))
            named = Identity(where, of, subject.namespace, name)
            yield subject, f"spec.{field}.name", named


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for subject, path, target in targets(tree):
        if not tree.exists(*target) and not hidden(tree, subject.namespace):
            said = f"no {target.kind} {target.name} in namespace {subject.namespace}"
            yield subject.finding(path, said, _fix(tree, target))
    for budget in tree.of_kind("policy", "PodDisruptionBudget"):
        yield from _budget(tree, budget)


def _fix(tree: ClusterTree, target: Identity) -> str:
    here = [each.identity.name for each in tree.of_kind(target.group, target.kind)]
    return f"name one of {', '.join(nsmallest(5, here))}" if here else ""


def _budget(tree: ClusterTree, budget: Subject) -> Iterator[Finding]:
    selector = mapping(budget.spec.get("selector"))
    unknown = dynamic(selector) or pods_hidden(tree, budget.namespace)
    if not unknown and not pods_of(tree, budget.namespace, selector):
        yield budget.finding("spec.selector", "selects no pod of the namespace")


RULE = Rule(
    "R09",
    "an autoscaler, and a disruption budget, name a workload that exists",
    "it scales and protects nothing",
    _judge,
)
