"""V02: the CEL rules of a custom resource's definition hold."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.judged import judged_objects, unjudged_rules
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding
from kubestrata.schema import CelBudget


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    budget = CelBudget()
    for judged in judged_objects(tree):
        # The API server evaluates the rules only for objects that fit the schema.
        if judged.verdict.fits:
            noted = unjudged_rules(tree, judged.schema)
            for fault in judged.schema.rule_faults(judged.value, noted, budget):
                yield judged.subject.finding(*fault)


RULE = Rule(
    "V02",
    "the CEL rules of a kind hold",
    "the API server rejects the object, and everything that is applied with it",
    _judge,
)
