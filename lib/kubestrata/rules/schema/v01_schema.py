"""V01: every object matches the schema of its exact version."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.judged import judged_objects
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for judged in judged_objects(tree):
        for fault in judged.verdict.faults:
            yield judged.subject.finding(*fault)


RULE = Rule(
    "V01",
    "an object matches the schema of its version and has no unknown fields",
    "the API server rejects it, and everything that is applied with it",
    _judge,
    also=("kubeconform",),
)
