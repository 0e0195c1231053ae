"""G09: the dependencies of an object are ready before its Kustomization starts."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.rules.dependency import Order, ancestors, order_of
from kubestrata.rules.link.need import Need, needs
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Unit
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    order = order_of(tree)
    for unit in tree.units.values():
        if unit.identity.kind == "Kustomization":
            yield from _unit(tree, order, unit)


def _unit(tree: ClusterTree, order: Order, unit: Unit) -> Iterator[Finding]:
    own = unit.identity
    missing: dict[Identity, str] = {}
    in_turn: dict[Identity, str] = {}
    for need in needs(tree, unit):
        if not any(each == own or order.is_before(each, own) for each in need.homes):
            home = need.homes[0]
            if not order.is_before(own, home):
                missing.setdefault(home, need.reason)
            elif _is_for_ever(tree, unit, need):
                in_turn.setdefault(home, need.reason)
    for home, reason in sorted(in_turn.items()):
        message = f"{reason}; {home.name} has it, and itself depends on {unit.identity.name}"
        fix = f"remove the dependency of {home.name} on {unit.identity.name}"
        yield unit.subject.finding("spec.dependsOn", message, fix)
    for home, reason in sorted(missing.items()):
        message = f"does not depend on {home.name}: {reason}"
        yield unit.subject.finding("spec.dependsOn", message, f"add {home.name} to dependsOn")


def _is_for_ever(tree: ClusterTree, unit: Unit, need: Need) -> bool:
    """Return True if a dependency is never ready; a child starts before its parent is ready."""
    return (need.refused or need.waits) and not any(
        unit.identity in ancestors(tree, home) for home in need.homes
    )


RULES = (
    Rule(
        "G09",
        "dependsOn covers what an object needs, directly or through others",
        "the first installation fails, or needs many retries",
        _judge,
    ),
)
