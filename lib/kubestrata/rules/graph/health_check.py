"""G06: health checks name objects that exist when they run."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.api_scope import is_cluster_scoped
from kubestrata.core.identity import Identity, group_of
from kubestrata.core.json_value import mapping
from kubestrata.knowledge import Kind
from kubestrata.rules.dependency import Order, ancestors, order_of
from kubestrata.rules.field import values
from kubestrata.rules.link.reference import Target, may_be
from kubestrata.rules.link.unfollowed import is_whole
from kubestrata.rules.provider import CRD, provider_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Unit
from kubestrata.rules.violation import Finding, Severity


def _check(tree: ClusterTree) -> Iterator[Finding]:
    order = order_of(tree)
    for unit in tree.units.values():
        is_ignored = unit.subject.spec.get("wait") is True
        for path, check in values(unit.subject.manifest, "spec.healthChecks[]"):
            target = _target(mapping(check))
            message = _fault(tree, order, unit, target)
            if message and is_ignored:
                message += "; with wait: true no health check is used"
            severity = Severity.NOTE if is_ignored else None
            if message:
                yield unit.subject.finding(path, message, "remove the health check", severity)


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
    if home is None or unit.identity in ancestors(tree, home):
        # A child is applied before the health of its parent is checked.
        return ""
    if order.is_before(unit.identity, home):
        return f"{target} is created by {home.name}, which starts after {unit.identity.name}"
    return ""


def _missing(tree: ClusterTree, unit: Unit, target: Identity) -> str:
    group, kind, namespace, name = target
    fact = tree.knowledge.kind(group, kind)
    if fact.namespaced and not namespace and is_cluster_scoped(group, kind):
        fact = Kind(namespaced=False)
    may_exist = may_be(tree, Target(group, kind, fact), namespace, name)
    if may_exist or not unit.complete or not is_whole(tree) or "${" in str(target):
        return ""
    return f"nothing creates {target}"


RULES = (
    Rule(
        "G06",
        "health checks name objects that exist when they run",
        "the Kustomization is never ready, and everything that depends on it never starts",
        _check,
    ),
)
