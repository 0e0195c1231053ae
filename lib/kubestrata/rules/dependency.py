"""The order of a cluster's units: direct and indirect dependencies."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.core.reachability import Reachability
from kubestrata.rules.api_group import ARGO
from kubestrata.rules.subject import ClusterTree, Subject, Unit


def depends_on(subject: Subject) -> tuple[Identity, ...]:
    """Return the dependencies of a Kustomization or HelmRelease."""
    return tuple(
        _named(subject.identity, mapping(each)) for each in sequence(subject.spec.get("dependsOn"))
    )


def in_waves(units: Mapping[Identity, tuple[int, ...]]) -> dict[Identity, tuple[Identity, ...]]:
    """Return the dependencies of units in sync waves: all units of the wave before their own."""
    by_wave: dict[tuple[int, ...], list[Identity]] = {}
    for unit, wave in units.items():
        by_wave.setdefault(wave, []).append(unit)
    ordered = [by_wave[wave] for wave in sorted(by_wave)]
    return {unit: tuple(before) for before, after in pairwise([[], *ordered]) for unit in after}


def _named(identity: Identity, reference: dict[str, Any]) -> Identity:
    space = str(reference.get("namespace") or identity.namespace)
    return identity._replace(namespace=space, name=str(reference.get("name", "")))


def ancestors(tree: ClusterTree, unit: Identity | None) -> list[Identity]:
    """Return a unit's parent, that one's parent, and so on."""
    found: dict[Identity, None] = {}
    while unit is not None and unit in tree.units:
        unit = tree.units[unit].parent
        if unit is None or unit in found:
            break
        found[unit] = None
    return list(found)


class _Event(NamedTuple):
    """A unit is applied; if `whole`, its children are applied too."""

    unit: Identity
    whole: bool = False


class Order:
    """The units that are ready before another one starts, as far as the tree guarantees it.

    A unit starts after its parent, and after its own dependencies and those of its ancestors. A
    unit that waits for its objects includes its children.
    """

    def __init__(self, tree: ClusterTree) -> None:
        self._units = tree.units
        self._children: dict[Identity, list[Identity]] = {}
        for unit in tree.units.values():
            if unit.parent is not None:
                self._children.setdefault(unit.parent, []).append(unit.identity)
        self._edges: dict[_Event, list[_Event]] = {}
        for unit in tree.units.values():
            self._edges[_Event(unit.identity)] = self._causes(tree, unit)
        self._reach = Reachability(self._edges)

    def _causes(self, tree: ClusterTree, unit: Unit) -> list[_Event]:
        """Return the events that precede the start of a unit."""
        parent = [] if unit.parent is None else [_Event(unit.parent)]
        # A dependency among a unit's own ancestors is never ready before it.
        own = set(ancestors(tree, unit.identity)) if unit.depends_on else set[Identity]()
        waited = (self._ready(each, within=own) for each in unit.depends_on)
        return [*parent, *waited]

    def _ready(self, unit: Identity, *, within: set[Identity]) -> _Event:
        """Return the event that a unit is ready: with its children, if it waits for them."""
        known = self._units.get(unit)
        if known is None or unit in within or unit not in self._children or not waits(known):
            return _Event(unit)
        ready = _Event(unit, whole=True)
        self._add_whole(ready)
        return ready

    def _add_whole(self, event: _Event) -> None:
        waiting = [event]
        while waiting:
            each = waiting.pop()
            if each in self._edges:
                continue
            inner = self._children.get(each.unit, ())
            children = [_Event(child, whole=child in self._children) for child in inner]
            self._edges[each] = [_Event(each.unit), *children]
            waiting += [child for child in children if child.whole]

    def is_before(self, one: Identity, other: Identity) -> bool:
        """Return True if `one` is applied before `other`."""
        return one != other and self._reach.reaches(_Event(other), _Event(one))

    def first_child_before(self, unit: Identity, target: Identity) -> Identity | None:
        """Return the first descendant of a unit that is applied before `target`, or is it."""
        if unit not in self._children:
            return None
        bits, found = self._reach.bit(_Event(target)), self._descendants(unit)
        if bits & found:
            return target
        both = self._reach.bits(_Event(target)) & found
        return min((each.unit for each in self._reach.nodes(both)), default=None)

    def _descendants(self, unit: Identity) -> int:
        found, seen = 0, {unit}
        waiting = [unit]
        while waiting:
            for child in self._children.get(waiting.pop(), ()):
                if child not in seen:
                    seen.add(child)
                    found |= self._reach.bit(_Event(child))
                    waiting.append(child)
        return found


def order_of(tree: ClusterTree) -> Order:
    """Return the order of a cluster, which several rules share."""
    return tree.once(Order)


def waits(unit: Unit) -> bool:
    """Return True if a unit is ready only when its objects are, as an Application always is."""
    spec = unit.subject.spec
    return (
        unit.identity.group == ARGO
        or bool(spec.get("wait"))
        or bool(sequence(spec.get("healthChecks")))
    )


def awaits(unit: Unit, subject: Subject) -> bool:
    """Return True if a unit is ready only when one of its objects is."""
    spec = unit.subject.spec
    return bool(spec.get("wait")) or any(
        (mapping(each).get("kind"), mapping(each).get("name"))
        == (subject.identity.kind, subject.identity.name)
        for each in sequence(spec.get("healthChecks"))
    )
