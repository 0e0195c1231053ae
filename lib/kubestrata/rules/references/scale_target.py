"""R09: targets of autoscalers and disruption budgets exist."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping
from kubestrata.rules.link.operated_pod import operated_pods
from kubestrata.rules.link.reference_table import references
from kubestrata.rules.link.unfollowed import doubt
from kubestrata.rules.link.unseen import dynamic, hidden
from kubestrata.rules.link.unseen_pod import labels_known
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import pod_index


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for reference in references(tree, "R09"):
        for use in reference.uses(tree):
            target = use.identity
            if not tree.exists(*target) and not hidden(tree, use.namespace):
                message = f"no {target.kind} {target.name} in namespace {use.namespace}"
                severity = doubt(tree, use.namespace)
                yield use.subject.finding(use.path, message, _fix(tree, target), severity)
    for budget in tree.of_kind("policy", "PodDisruptionBudget"):
        yield from _budget(tree, budget)


def _fix(tree: ClusterTree, target: Identity) -> str:
    here = [each.identity.name for each in tree.of_kind(target.group, target.kind)]
    return f"name one of {', '.join(nsmallest(5, here))}" if here else ""


def _budget(tree: ClusterTree, budget: Subject) -> Iterator[Finding]:
    selector = mapping(budget.spec.get("selector"))
    if dynamic(tree, selector) or not labels_known(tree, budget.namespace, selector):
        return
    indexes = pod_index(tree), operated_pods(tree)
    if not any(each.selected(budget.namespace, selector) for each in indexes):
        message = "selects no pod of the namespace"
        yield budget.finding("spec.selector", message, severity=doubt(tree, budget.namespace))


RULES = (
    Rule(
        "R09",
        "the workload of an autoscaler or PodDisruptionBudget exists",
        "it has no effect",
        _check,
        in_charts=Severity.ERROR,
    ),
)
