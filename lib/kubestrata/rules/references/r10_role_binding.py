"""R10: bindings name roles and service accounts that exist."""

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
    "a binding names a role and service accounts that exist",
    "nobody has the permissions that it seems to give",
    _judge,
)
