"""What the rules of the graph, of substitution and of secrets say of a tree."""

from __future__ import annotations

from kubestrata.rules.catalogue import rules_of
from kubestrata.rules.engine import READING
from kubestrata.rules.subject import ClusterTree

RULES = (
    READING,
    *(rule for group in ("graph", "substitution", "secrets") for rule in rules_of(group)),
)


def told(tree: ClusterTree) -> list[str]:
    """Every finding, a line each: rule, object, message."""
    lines = [
        f"{rule.id} {found.object}: {found.message}" for rule in RULES for found in rule.judge(tree)
    ]
    return sorted(lines)


def ids(tree: ClusterTree) -> set[str]:
    """The rules that found something."""
    return {line.partition(" ")[0] for line in told(tree)}
