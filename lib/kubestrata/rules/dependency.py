"""The order of a cluster's units: who waits for whom, directly or through others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.subject import ClusterTree, Subject, Unit


def depends_on(subject: Subject) -> tuple[Identity, ...]:
    """What a Kustomization or HelmRelease waits for."""
    return tuple(
        _named(subject.identity, mapping(each)) for each in sequence(subject.spec.get("dependsOn"))
    )


def _named(identity: Identity, reference: dict[str, Any]) -> Identity:
    space = str(reference.get("namespace") or identity.namespace)
    return identity._replace(namespace=space, name=str(reference.get("name", "")))


def ancestors(tree: ClusterTree, unit: Identity | None) -> list[Identity]:
    """A unit's parent, that one's parent, and so on."""
    found: list[Identity] = []
    while unit is not None and unit in tree.units:
        unit = tree.units[unit].parent
        if unit is None or unit in found:
            break
        found.append(unit)
    return found


class Order:
    """Which units are ready before another one starts, as far as the tree promises it."""

    def __init__(self, tree: ClusterTree) -> None:
        self._units = tree.units
        self._tree = tree
        self._children: dict[Identity, list[Identity]] = {}
        for unit in tree.units.values():
            if unit.parent is not None:
                self._children.setdefault(unit.parent, []).append(unit.identity)
        self._known: dict[Identity, frozenset[Identity]] = {}

    def before(self, unit: Identity) -> frozenset[Identity]:
        """Every unit that is applied before this one: what it and its ancestors wait for."""
        if unit not in self._known:
            self._known[unit] = self._before(unit)
        return self._known[unit]

    def _before(self, start: Identity) -> frozenset[Identity]:
        found: set[Identity] = set()
        waiting = [start]
        while waiting:
            unit = waiting.pop()
            above = ancestors(self._tree, unit)
            found.update(above)
            for one in (unit, *above):
                for target in _targets(self._units, one):
                    if target not in found:
                        found.add(target)
                        ready = self._ready_with(target)
                        found.update(ready)
                        waiting += [target, *ready]
        return frozenset(found - {start})

    def _ready_with(self, unit: Identity) -> list[Identity]:
        """The units that are ready when one is: its children, if it waits for them."""
        known = self._units.get(unit)
        if known is None or not waits(known):
            return []
        found: list[Identity] = []
        stack = list(self._children.get(unit, ()))
        while stack:
            child = stack.pop()
            if child not in found:
                found.append(child)
                stack += self._children.get(child, ())
        return found


def _targets(units: Mapping[Identity, Unit], unit: Identity) -> Iterable[Identity]:
    return units[unit].depends_on if unit in units else ()


def waits(unit: Unit) -> bool:
    """Whether a unit is ready only when its objects are."""
    spec = unit.subject.spec
    return bool(spec.get("wait")) or bool(sequence(spec.get("healthChecks")))
