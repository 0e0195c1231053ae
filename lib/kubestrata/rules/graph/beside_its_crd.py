"""G04: custom resources are applied after their CRD."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.rules.api_group import HELM
from kubestrata.rules.dependency import Order, ancestors, order_of
from kubestrata.rules.provider import Provider, custom, provider_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding


def _check(tree: ClusterTree) -> Iterator[Finding]:
    order = order_of(tree)
    early: dict[tuple[Identity, str], list[Subject]] = {}
    for subject in custom(tree):
        unit, group = subject.unit, subject.identity.group
        if group != HELM and unit is not None and unit in tree.units:
            early.setdefault((unit, group), []).append(subject)
    for (unit, group), subjects in early.items():
        provider = provider_of(tree, group)
        fault = None if provider is None else _fault(tree, order, unit, provider)
        if fault is not None:
            reason, fix = fault
            others = len(subjects) - 1
            message = f"{reason}, which installs the CRDs of {group}"
            if others:
                message += f"; so {'are' if others > 1 else 'is'} {others} more of the group"
            yield subjects[0].finding("", message, fix)


def _fault(
    tree: ClusterTree, order: Order, unit: Identity, provider: Provider
) -> tuple[str, str] | None:
    """Return what is wrong with the order of a unit and an installer, and the fix."""
    home = provider.unit
    if home is None or home not in tree.units:
        return None
    move = f"move it to a Kustomization that depends on {home.name}"
    if home == unit:
        beside = f"is in the same {unit.kind} as HelmRelease {provider.identity.name}"
        return (beside, move) if provider.identity.kind == "HelmRelease" else None
    if not order.is_before(unit, home):
        return None
    if unit in ancestors(tree, home):
        return f"is applied by {unit.name}, the parent of {home.name}", move
    if unit in tree.units[home].depends_on:
        move = f"reverse the dependsOn between {unit.name} and {home.name}"
    return f"is applied before {home.name}", move


RULES = (
    Rule(
        "G04",
        "a custom resource is applied after its CRD",
        "the dry-run of the whole Kustomization fails forever",
        _check,
    ),
)
