"""Objects that must exist before another one can be applied or become ready, and their makers.

A reference requires an order only where its object waits for the named one. Routes that send to a
Service, bindings, dashboards and the like are ready once they are applied, whatever they name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import HELM, KUSTOMIZE
from kubestrata.rules.link.link import Link, links
from kubestrata.rules.provider import provider_of
from kubestrata.rules.subject import ClusterTree, Subject, Unit, target_namespace


@dataclass(frozen=True, slots=True)
class Need:
    """A dependency of a unit's object on another object: any one of `homes` creates it.

    `refused` is True if the API server rejects the object before, `waits` if the unit is not ready
    before.
    """

    homes: tuple[Identity, ...]
    reason: str
    refused: bool = False
    waits: bool = False


def needs(tree: ClusterTree, unit: Unit) -> Iterator[Need]:
    """Yield the dependencies of a unit and its objects that other units create."""
    by_unit = tree.once(_by_unit)
    for subject in unit.objects:
        yield from _to_apply(tree, subject)
    for link in by_unit.get(unit.identity, ()):
        need = _need(tree, unit, link)
        if need is not None:
            yield need


def _to_apply(tree: ClusterTree, subject: Subject) -> Iterator[Need]:
    identity = subject.identity
    provider = provider_of(tree, identity.group)
    if provider is not None and provider.unit is not None:
        reason = f"{identity} needs the CRDs of {identity.group}"
        # G04 reports an installer that depends on this unit.
        yield Need((provider.unit,), reason)
    yield from _namespace(tree, subject, subject.namespace, "is in")
    if identity.group == HELM and target_namespace(subject) != subject.namespace:
        yield from _namespace(tree, subject, target_namespace(subject), "installs into")


def _namespace(tree: ClusterTree, subject: Subject, name: str, verb: str) -> Iterator[Need]:
    namespace = tree.get("", "Namespace", "", name)
    if namespace is not None and namespace.unit is not None:
        reason = f"{subject.identity} {verb} {namespace.identity}"
        yield Need((namespace.unit,), reason, refused=verb == "is in")


def _by_unit(tree: ClusterTree) -> dict[Identity, list[Link]]:
    found: dict[Identity, list[Link]] = {}
    for link in links(tree):
        # A Kustomization itself needs the objects that it names, not the one that applies it.
        subject = link.subject
        own = subject.identity.group == KUSTOMIZE and subject.identity in tree.units
        home = subject.identity if own else subject.unit
        if home is not None:
            found.setdefault(home, []).append(link)
    return found


def _need(tree: ClusterTree, unit: Unit, link: Link) -> Need | None:
    subject, own = link.subject, link.subject.identity == unit.identity
    # Pods do not need the Service through which others reach them.
    has_ready = tree.knowledge.has_ready(subject.identity.group, subject.identity.kind)
    has_ready = has_ready and link.target.kind != "Service"
    waits = own or (has_ready and _awaits(unit, subject))
    if not (waits or link.ready_first):
        return None
    homes = _homes(link.makers)
    if not homes or unit.identity in homes:
        return None
    reason = f"{subject.identity} names {link.target}"
    if all(each.identity != link.target for each in link.makers):
        reason += f", which {link.makers[0].identity} creates"
    return Need(homes, reason, waits=waits)


def _homes(makers: Sequence[Subject]) -> tuple[Identity, ...]:
    """Return the units of the makers; none if one exists from the start."""
    units = [each.unit for each in makers if each.unit is not None]
    return tuple(dict.fromkeys(units)) if len(units) == len(makers) else ()


def _awaits(unit: Unit, subject: Subject) -> bool:
    """Return True if a unit is ready only when one of its objects is."""
    spec = unit.subject.spec
    return bool(spec.get("wait")) or any(
        (mapping(each).get("kind"), mapping(each).get("name"))
        == (subject.identity.kind, subject.identity.name)
        for each in sequence(spec.get("healthChecks"))
    )
