"""R10: bindings refer to existing roles and service accounts."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.references._reference import check_references
from kubestrata.rules.references._table import references
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    yield from check_references(tree, references(tree, "R10"))


RULE = Rule(
    "R10",
    "a binding refers to an existing role and existing service accounts",
    "it grants no permissions",
    _judge,
)
