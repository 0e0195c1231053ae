"""Objects that must exist before another one can be applied or become ready, and their makers.

A need is hard if the API server refuses the object before: its CRD or its namespace is missing.

A reference requires an order only where its object waits for the named one. Routes that send to a
Service, bindings, dashboards and the like are ready once they are applied, whatever they name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import HELM, KUSTOMIZE
from kubestrata.rules.dependency import Order, awaits, order_of
from kubestrata.rules.link.link import Link, declared, links
from kubestrata.rules.link.policy_kind import groups_of_policy
from kubestrata.rules.provider import CRD, provider_of
from kubestrata.rules.subject import ClusterTree, Subject, Unit, target_namespace

_NAMESPACE = "Namespace "


class Need(Frozen):
    """A dependency of a unit's object on another object: any one of `homes` creates it.

    `refused_without` is the API group or the namespace without which the API server rejects the
    object, '' if it accepts it; `waits` is True if the unit is not ready before.
    """

    homes: tuple[Identity, ...]
    reason: str
    refused_without: str = ""
    waits: bool = False

    @property
    def is_namespace(self) -> bool:
        """Return True if the object needs its namespace."""
        return self.refused_without.startswith(_NAMESPACE)


def needs(tree: ClusterTree, unit: Unit) -> Sequence[Need]:
    """Return the dependencies of a unit and its objects that other units create."""
    return tree.once(_needs).get(unit.identity, ())


def _needs(tree: ClusterTree) -> Mapping[Identity, Sequence[Need]]:
    return {unit.identity: list(_of_unit(tree, unit)) for unit in tree.units.values()}


def _of_unit(tree: ClusterTree, unit: Unit) -> Iterator[Need]:
    by_unit = tree.once(_by_unit)
    for subject in unit.objects:
        yield from _to_apply(tree, subject)
    for link in by_unit.get(unit.identity, ()):
        need = _need(tree, unit, link)
        if need is not None:
            yield need


def is_ordered(order: Order, unit: Identity, need: Need) -> bool:
    """Return True if a unit, or one that is applied before it, satisfies a need."""
    return any(each == unit or order.is_before(each, unit) for each in need.homes)


def is_customary(tree: ClusterTree, need: Need) -> bool:
    """Return True if at least half of the Kustomizations with a hard need declare its order."""
    return (need.is_namespace, need.homes) in tree.once(_customs)


def _customs(tree: ClusterTree) -> set[tuple[bool, tuple[Identity, ...]]]:
    """Return the sorts of hard needs whose order at least half of the Kustomizations declare."""
    order = order_of(tree)
    ordered: dict[tuple[bool, tuple[Identity, ...]], dict[Identity, bool]] = {}
    for identity, several in tree.once(_needs).items():
        for need in several:
            if need.refused_without and identity not in need.homes:
                by_unit = ordered.setdefault((need.is_namespace, need.homes), {})
                by_unit[identity] = is_ordered(order, identity, need)
    return {key for key, found in ordered.items() if 2 * sum(found.values()) >= len(found)}


def _to_apply(tree: ClusterTree, subject: Subject) -> Iterator[Need]:
    identity = subject.identity
    provider = provider_of(tree, identity.group)
    if provider is not None and provider.unit is not None:
        reason = f"{identity} needs the CRDs of {identity.group}"
        gates = tree.once(_gates).get(identity.group, ())
        yield Need((provider.unit, *gates), reason, identity.group)
    for group in groups_of_policy(subject):
        named = provider_of(tree, group)
        if named is not None and named.unit is not None:
            gates = tree.once(_gates).get(group, ())
            yield Need((named.unit, *gates), f"{identity} names kinds of {group}")
    yield from _namespace(tree, subject, subject.namespace, "is in")
    if identity.group == HELM and target_namespace(subject) != subject.namespace:
        yield from _namespace(tree, subject, target_namespace(subject), "installs into")


def _gates(tree: ClusterTree) -> Mapping[str, list[Identity]]:
    """Return the units whose health checks wait for the CRDs of a group."""
    found: dict[str, list[Identity]] = {}
    for unit in tree.units.values():
        for check in map(mapping, sequence(unit.subject.spec.get("healthChecks"))):
            if check.get("kind") == CRD[1]:
                group = str(check.get("name", "")).partition(".")[2]
                found.setdefault(group, []).append(unit.identity)
    return found


def _namespace(tree: ClusterTree, subject: Subject, name: str, verb: str) -> Iterator[Need]:
    # A cluster, or the bootstrap of Flux, has these before; what applies the object is in its own.
    if tree.knowledge.namespace(name) is not None or name == _own_namespace(subject):
        return
    namespace = Identity("", "Namespace", "", name)
    homes = _homes(declared(tree, namespace))
    if homes:
        reason = f"{subject.identity} {verb} {namespace}"
        yield Need(homes, reason, f"{_NAMESPACE}{name}" if verb == "is in" else "")


def _own_namespace(subject: Subject) -> str:
    return subject.unit.namespace if subject.unit is not None else ""


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
    has_ready = has_ready and link.target.kind != "Service" and not link.soft
    waits = own or (has_ready and awaits(unit, subject))
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
