"""R07: referenced service accounts, classes, issuers and sources exist."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.references._reference import check_references
from kubestrata.rules.references._table import references
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    yield from check_references(tree, references(tree, "R07"))


RULE = Rule(
    "R07",
    "referenced service accounts, classes, issuers and Flux sources exist",
    "the object waits for the missing one forever",
    _judge,
)
