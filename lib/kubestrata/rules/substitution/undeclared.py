"""S01: every variable is declared."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.alike import alike
from kubestrata.core.identity import Identity
from kubestrata.rules.placeholders import PlaceholderUse, are_changed, substituted, uses
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding


def _check(tree: ClusterTree) -> Iterator[Finding]:
    if tree.once(are_changed):
        return
    found: dict[tuple[Identity, str], list[tuple[Subject, PlaceholderUse]]] = {}
    for unit, subject in substituted(tree):
        known = tree.variables.get(unit.identity)
        if known is None:
            continue
        for use in uses(subject):
            is_variable = use.declarable and not use.default and not use.foreign
            if is_variable and use.name not in known:
                found.setdefault((unit.identity, use.name), []).append((subject, use))
    for (unit_identity, name), places in found.items():
        (subject, use), known = places[0], tree.variables[unit_identity]
        near = alike(name, known)
        fix = f"write ${{{near[0]}}}" if near else f"declare {name} in postBuild"
        if use.in_secret:
            fix = "declare it in postBuild, or write $$ for its $"
        message = f"{use.shown} is not declared for Kustomization {unit_identity.name}"
        more = f"; nor in {len(places) - 1} more places" if len(places) > 1 else ""
        yield subject.finding(use.path, message + more, fix)


RULES = (
    Rule(
        "S01",
        "every variable is declared for the Kustomization that uses it",
        "Flux fails the whole Kustomization, or leaves the field empty",
        _check,
    ),
)
