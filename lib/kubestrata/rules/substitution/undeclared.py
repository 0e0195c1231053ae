"""S01: every variable is declared."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.alike import alike
from kubestrata.rules.placeholders import substituted, uses
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for unit, subject in substituted(tree):
        known = tree.variables.get(unit.identity)
        if known is None:
            continue
        for use in uses(subject):
            if use.name and use.name not in known and not use.default and not use.foreign:
                near = alike(use.name, known)
                fix = f"write ${{{near[0]}}}" if near else f"declare {use.name} in postBuild"
                if use.in_secret:
                    fix = "declare it in postBuild, or write $$ for its $"
                message = f"{use.shown} is not declared for Kustomization {unit.identity.name}"
                yield subject.finding(use.path, message, fix)


RULES = (
    Rule(
        "S01",
        "every variable is declared for the Kustomization that uses it",
        "Flux fails the whole Kustomization, or leaves the field empty",
        _judge,
    ),
)
