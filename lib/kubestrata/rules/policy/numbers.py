"""P84: numbers fit into their fields."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.judged import judged_objects
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for judged in judged_objects(tree):
        for fault in judged.cut_off_faults():
            yield judged.subject.finding(*fault)


RULES = (
    Rule(
        "P84",
        "a number fits into the 32 bits of its field",
        "the API server cuts it off without an error: 4294967296 replicas are none",
        _judge,
        in_charts=Severity.ERROR,
    ),
)
