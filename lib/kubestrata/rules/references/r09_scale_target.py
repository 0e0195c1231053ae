"""R09: what scales, limits or protects a workload names one that exists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubestrata.core.identity import group_of
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


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for group, kind, field in _TARGETED:
        for subject in tree.of_kind(group, kind):
            yield from _target(tree, subject, field)
    for budget in tree.of_kind("policy", "PodDisruptionBudget"):
        yield from _budget(tree, budget)


def _target(tree: ClusterTree, subject: Subject, field: str) -> Iterator[Finding]:
    target: dict[str, Any] = mapping(subject.spec.get(field))
    name, kind = str(target.get("name")), str(target.get("kind", "Deployment"))
    group = group_of(str(target.get("apiVersion", "apps/v1")))
    if tree.exists(group, kind, subject.namespace, name) or hidden(tree, subject.namespace):
        return
    here = [each.identity.name for each in tree.of_kind(group, kind)]
    fix = f"name one of {', '.join(sorted(here)[:5])}" if here else ""
    yield subject.finding(
        f"spec.{field}.name", f"no {kind} {name} in namespace {subject.namespace}", fix
    )


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
