"""Findings of the graph, substitution and secret rules for a tree."""

from __future__ import annotations

from kubestrata.rules.catalogue import rules_of
from kubestrata.rules.engine import READING
from kubestrata.rules.subject import ClusterTree

RULES = (
    READING,
    *(rule for group in ("graph", "substitution", "secrets") for rule in rules_of(group)),
)


def told(tree: ClusterTree) -> list[str]:
    """Return every finding as a line: rule, object, message."""
    lines = [
        f"{rule.id} {found.object}: {found.message}" for rule in RULES for found in rule.check(tree)
    ]
    return sorted(lines)


def ids(tree: ClusterTree) -> set[str]:
    """Return the ids of the rules with findings."""
    return {line.partition(" ")[0] for line in told(tree)}
