"""G09: the dependencies of an object are ready before its Kustomization starts."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.rules.dependency import Order, ancestors, order_of
from kubestrata.rules.link.need import Need, is_customary, is_ordered, needs
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Unit
from kubestrata.rules.violation import Finding, Severity


def _check(tree: ClusterTree) -> Iterator[Finding]:
    order = order_of(tree)
    for unit in tree.units.values():
        if unit.identity.kind == "Kustomization":
            yield from _unit(tree, order, unit)


def _unit(tree: ClusterTree, order: Order, unit: Unit) -> Iterator[Finding]:
    own = unit.identity
    missing: dict[Identity, Need] = {}
    in_turn: dict[Identity, str] = {}
    for need in needs(tree, unit):
        if is_ordered(order, own, need):
            continue
        home = need.homes[0]
        if order.is_before(own, home):
            if _is_for_ever(tree, unit, need):
                in_turn.setdefault(home, need.reason)
        elif home not in missing or (need.refused_without and not missing[home].refused_without):
            missing[home] = need
    for home, reason in sorted(in_turn.items()):
        message = f"{reason}; {home.name} has it, and itself depends on {own.name}"
        fix = f"remove the dependency of {home.name} on {own.name}"
        yield unit.subject.finding("spec.dependsOn", message, fix)
    for home, need in sorted(missing.items()):
        message = f"does not depend on {home.name}: {need.reason}"
        fix = f"add {home.name} to dependsOn"
        yield unit.subject.finding("spec.dependsOn", message, fix, _severity(tree, need))


def _severity(tree: ClusterTree, need: Need) -> Severity:
    """Return the severity of a missing order: retries heal it, and most objects just wait."""
    if not need.refused_without:
        return Severity.NOTE
    return Severity.ERROR if is_customary(tree, need) else Severity.WARNING


def _is_for_ever(tree: ClusterTree, unit: Unit, need: Need) -> bool:
    """Return True if a dependency is never ready; a child starts before its parent is ready.

    G04 reports an installer of CRDs that depends on this unit.
    """
    return (need.is_namespace or need.waits) and not any(
        unit.identity in ancestors(tree, home) for home in need.homes
    )


RULES = (
    Rule(
        "G09",
        "dependsOn covers what an object needs, directly or through others",
        "the first installation fails, or needs many retries",
        _check,
    ),
)
