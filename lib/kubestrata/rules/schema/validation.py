"""V01, V02: every object matches the schema of its exact version, and the CEL rules in it."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.judged import judged_objects, unjudged_rules
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding
from kubestrata.schema import CelBudget


def _schema_faults(tree: ClusterTree) -> Iterator[Finding]:
    for judged in judged_objects(tree):
        for fault in judged.verdict.faults:
            yield judged.subject.finding(*fault)


def _cel_faults(tree: ClusterTree) -> Iterator[Finding]:
    budget = CelBudget()
    for judged in judged_objects(tree):
        # The API server evaluates the rules only for objects that fit the schema.
        if judged.verdict.fits:
            noted = unjudged_rules(tree, judged.schema)
            for fault in judged.schema.rule_faults(judged.value, noted, budget):
                yield judged.subject.finding(*fault)


RULES = (
    Rule(
        "V01",
        "an object matches the schema of its version and has no unknown fields",
        "the API server rejects it, and everything that is applied with it",
        _schema_faults,
        also=("kubeconform",),
    ),
    Rule(
        "V02",
        "the CEL rules of a kind hold",
        "the API server rejects the object, and everything that is applied with it",
        _cel_faults,
    ),
)
