"""G15: a Kustomization is ready only when its releases have installed the CRDs of others."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.rules.api_group import HELM
from kubestrata.rules.dependency import ancestors, order_of, waits
from kubestrata.rules.provider import Provider, provider_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Unit
from kubestrata.rules.violation import Finding, Severity


def _check(tree: ClusterTree) -> Iterator[Finding]:
    used: dict[Identity, dict[Identity, tuple[Unit, str]]] = {}
    for unit in tree.units.values():
        for group in dict.fromkeys(each.identity.group for each in unit.objects):
            provider = provider_of(tree, group)
            home = None if provider is None else _home(tree, unit, provider)
            if provider is not None and home is not None:
                used.setdefault(home, {}).setdefault(provider.identity, (unit, group))
    early = {home: found for home, found in used.items() if not waits(tree.units[home])}
    severity = None if 2 * len(early) <= len(used) else Severity.WARNING
    for home, found in early.items():
        for release, (unit, group) in found.items():
            message = f"is ready before HelmRelease {release.name} has installed the CRDs of "
            message += f"{group}, which {unit.identity.name} needs"
            yield tree.units[home].subject.finding("spec.wait", message, "set wait: true", severity)


def _home(tree: ClusterTree, unit: Unit, provider: Provider) -> Identity | None:
    """Return the unit of a release with CRDs if another unit depends on it."""
    home, own = provider.unit, unit.identity
    if home is None or home not in tree.units or provider.identity.group != HELM:
        return None
    is_after = order_of(tree).is_before(home, own) and home not in ancestors(tree, own)
    return home if is_after else None


RULES = (
    Rule(
        "G15",
        "a Kustomization whose release installs CRDs for others waits for it",
        "those that depend on it start too early, and fail until they are retried",
        _check,
    ),
)
