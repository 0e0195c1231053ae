"""G06: health checks name objects that exist when they run."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import Identity, group_of
from kubestrata.core.json_value import mapping
from kubestrata.rules.dependency import Order, order_of
from kubestrata.rules.field import values
from kubestrata.rules.provider import CRD, is_closed, provider_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Unit
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    order = order_of(tree)
    for unit in tree.units.values():
        for path, check in values(unit.subject.manifest, "spec.healthChecks[]"):
            target = _target(mapping(check))
            message = _fault(tree, order, unit, target)
            if message:
                yield unit.subject.finding(path, message, "remove the health check")


def _target(check: dict[str, object]) -> Identity:
    group, kind = group_of(str(check.get("apiVersion", ""))), str(check.get("kind", ""))
    return Identity(group, kind, str(check.get("namespace") or ""), str(check.get("name", "")))


def _fault(tree: ClusterTree, order: Order, unit: Unit, target: Identity) -> str:
    found = tree.by_identity.get(target)
    home = found.unit if found is not None else None
    if found is None and (target.group, target.kind) == CRD:
        provider = provider_of(tree, target.name.partition(".")[2])
        if provider is None:
            return ""
        home = provider.unit
    elif found is None:
        return _missing(tree, unit, target)
    if home is not None and order.is_before(unit.identity, home):
        return f"{target} is created by {home.name}, which starts after {unit.identity.name}"
    return ""


def _missing(tree: ClusterTree, unit: Unit, target: Identity) -> str:
    hidden = not unit.complete or tree.has_charts(target.namespace) or target in tree.external
    if hidden or not is_closed(tree) or "${" in str(target):
        return ""
    return f"nothing creates {target}"


RULES = (
    Rule(
        "G06",
        "health checks name objects that exist when they run",
        "the Kustomization is never ready, and everything that depends on it never starts",
        _judge,
    ),
)
