"""G09: what an object needs is ready before its unit starts."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.rules.dependency import Order, ancestors, order_of
from kubestrata.rules.graph.need import Need, needs
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
        message = f"{reason}; {home.name} has it, and waits for {unit.identity.name} in turn"
        fix = f"keep {home.name} from waiting for {unit.identity.name}"
        yield unit.subject.finding("spec.dependsOn", message, fix)
    for home, reason in sorted(missing.items()):
        message = f"does not wait for {home.name}: {reason}"
        yield unit.subject.finding("spec.dependsOn", message, f"add {home.name} to dependsOn")


def _is_for_ever(tree: ClusterTree, unit: Unit, need: Need) -> bool:
    """Whether a unit that others wait for cannot be ready; a child starts before its parent is."""
    return (need.refused or need.waits) and not any(
        unit.identity in ancestors(tree, home) for home in need.homes
    )


RULE = Rule(
    "G09",
    "what an object needs is covered by dependsOn, directly or through others",
    "the first installation fails, or takes many rounds",
    _judge,
)
