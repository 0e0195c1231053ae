"""R07: accounts, classes, issuers and sources that are named exist."""

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
    "service accounts, classes, issuers and Flux sources that are named exist",
    "the object waits for something that never comes",
    _judge,
)
