"""G23: what a Kustomization waits for has a controller that runs by then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import HELM
from kubestrata.rules.dependency import awaits, order_of
from kubestrata.rules.release import chart_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject, Unit
from kubestrata.rules.violation import Finding, Severity


def _check(tree: ClusterTree) -> Iterator[Finding]:
    homes = _homes(tree)
    for unit in tree.units.values():
        awaited = {each.identity.group: each for each in reversed(_awaited(unit))}
        for group, subject in sorted(awaited.items()):
            if group not in tree.given_groups and not tree.knowledge.group(group).bootstrap:
                yield from _late(tree, unit, subject, homes.get(group, {}))


def _homes(tree: ClusterTree) -> Mapping[str, Mapping[Identity, Subject]]:
    """Return the units with the releases of controllers, by the API group of the controller."""
    found: dict[str, dict[Identity, Subject]] = {}
    for release in tree.of_kind(HELM, "HelmRelease"):
        chart = chart_of(tree, release)
        known = chart.known if chart is not None else None
        home = release.unit
        if known is None or known.only_crds or home is None or home not in tree.units:
            continue
        for group in known.crds:
            found.setdefault(group, {}).setdefault(home, release)
    return found


def _awaited(unit: Unit) -> list[Subject]:
    """Return the objects whose readiness Flux reads from a status that their controller writes.

    Those without a health expression and without conditions are ready at once.
    """
    expressions = {
        (str(mapping(each).get("apiVersion")), str(mapping(each).get("kind")))
        for each in sequence(unit.subject.spec.get("healthCheckExprs"))
    }
    return [
        each
        for each in unit.objects
        if (str(each.manifest.get("apiVersion")), each.identity.kind) in expressions
        and awaits(unit, each)
    ]


def _late(
    tree: ClusterTree, unit: Unit, subject: Subject, homes: Mapping[Identity, Subject]
) -> Iterator[Finding]:
    order, own = order_of(tree), unit.identity
    if not homes or own in homes or any(order.is_before(home, own) for home in homes):
        return
    home, release = next(iter(homes.items()))
    what = f"waits for {subject.identity}, whose controller is HelmRelease {release.identity.name}"
    if order.is_before(own, home):
        message = f"{what} of {home.name}, which starts after it"
        yield unit.subject.finding("spec.healthCheckExprs", message, f"move it behind {home.name}")
    else:
        message = f"{what} of {home.name}, which may start later"
        fix = f"add {home.name} to dependsOn"
        yield unit.subject.finding("spec.dependsOn", message, fix, Severity.WARNING)


RULES = (
    Rule(
        "G23",
        "a Kustomization that waits for a custom resource starts after its controller",
        "it is not ready before its timeout, and what depends on it does not start",
        _check,
    ),
)
