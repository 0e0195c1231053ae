"""S02: text that only looks like a placeholder is escaped."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.placeholders import substituted, uses
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for unit, subject in substituted(tree):
        known = tree.variables.get(unit.identity)
        told: set[tuple[str, str]] = set()
        for use in uses(subject):
            if use.name and (known is None or use.name in known):
                continue
            if (use.name and (use.default or not use.foreign)) or (use.path, use.text) in told:
                continue
            told.add((use.path, use.text))
            message = f"Flux substitutes {use.shown} as a variable of {unit.identity.name}"
            fix = "write $$ for its $" if use.in_secret else f"write ${use.text}"
            yield subject.finding(use.path, message, fix)


RULES = (
    Rule(
        "S02",
        "text that only looks like a placeholder is escaped",
        "Flux fails the whole Kustomization, or removes the text",
        _judge,
    ),
)
