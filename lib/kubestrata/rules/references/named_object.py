"""R07, R10: objects exist that fields name, without further conditions."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.link.reference import check_references
from kubestrata.rules.link.reference_table import references
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity


def _awaited(tree: ClusterTree) -> Iterator[Finding]:
    yield from check_references(tree, references(tree, "R07"))


def _bound(tree: ClusterTree) -> Iterator[Finding]:
    yield from check_references(tree, references(tree, "R10"))


RULES = (
    Rule(
        "R07",
        "referenced service accounts, classes, issuers and Flux sources exist",
        "the object waits for the missing one forever",
        _awaited,
        in_charts=Severity.ERROR,
    ),
    Rule(
        "R10",
        "a binding refers to an existing role and existing service accounts",
        "it grants no permissions",
        _bound,
        in_charts=Severity.ERROR,
    ),
)
