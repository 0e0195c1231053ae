"""P84: numbers fit into their fields."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.checked_object import checked_objects
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for checked in checked_objects(tree):
        for fault in checked.cut_off_faults():
            yield checked.subject.finding(*fault)


RULES = (
    Rule(
        "P84",
        "a number fits into the 32 bits of its field",
        "the API server cuts it off without an error: 4294967296 replicas are none",
        _check,
        in_charts=Severity.ERROR,
    ),
)
