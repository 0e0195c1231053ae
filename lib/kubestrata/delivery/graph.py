"""Derivation of the order of units.

Edges come from references, from the components that install the CRDs of objects, from
namespaces, from controllers, and last, if nothing else orders two components, from admission
policies and layers.
"""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping
from itertools import groupby

from kubestrata.core.api_scope import is_built_in
from kubestrata.core.cluster import Cluster
from kubestrata.core.errors import GraphError
from kubestrata.core.identity import Identity
from kubestrata.core.reachability import Reachability
from kubestrata.core.reference import Reference
from kubestrata.core.written import Located
from kubestrata.delivery.admission import admission_edges
from kubestrata.delivery.controller import controller_edges
from kubestrata.delivery.delivered import Reason
from kubestrata.delivery.unit import DeliveryUnit, Units


class Graph:
    """Units and their edges; `needs[a][b]` is the reason why `a` waits for `b`."""

    def __init__(self, cluster: Cluster, units: Units) -> None:
        self.cluster = cluster
        self.units = units
        self.needs: dict[str, dict[str, Reason]] = {name: {} for name in sorted(units.by_name)}
        self._providers = _providers(cluster, units)
        self._namespaces = {
            item.identity.name: unit
            for unit in units.by_name.values()
            for item in unit.objects
            if item.identity.kind == "Namespace" and not item.identity.group
        }
        for name in sorted(units.by_name):
            self._add_unit(units.by_name[name])
        self._refuse_cycle()
        self._add_controllers()
        self._add_admission()

    def _add(
        self, unit: DeliveryUnit, target: DeliveryUnit, origin: Located, *words: object
    ) -> None:
        """Add an edge, unless there is one; few of the many reasons are kept, and composed."""
        needs = self.needs[unit.name]
        if target is not unit and target.name not in needs:
            needs[target.name] = Reason(" ".join(map(str, words)), origin)

    def _add_unit(self, unit: DeliveryUnit) -> None:
        first, *later = self.units.of_component[unit.component.name]
        if unit is first:
            self._add_component(unit)
        elif unit in later:
            text = "its objects need the CRDs of its own chart"
            self._add(unit, first, unit.component.origin, text)
        for item in unit.objects:
            for reference in item.references:
                self._add_reference(unit, reference, item.origin, item.identity, "names")
            self._add_group(unit, item.identity.group, item.identity, item.origin)
            self._add_namespace(unit, item.identity, item.origin)
        for file in unit.files:
            self._add_namespace(unit, file.identity, file.origin)

    def _add_component(self, unit: DeliveryUnit) -> None:
        component = unit.component
        for edge in component.edges:
            self._add_reference(unit, edge.target, edge.origin, component.name, "uses")
        for group, origin in component.required_groups:
            self._add_group(unit, group, f"a chart of {component.name}", origin)

    def _add_reference(
        self, unit: DeliveryUnit, reference: Reference, origin: Located, *words: object
    ) -> None:
        if reference.resource is not None:
            target = self.units.of_object[reference.resource.identity]
            self._add(unit, target, origin, *words, reference)
            return
        if reference.component is not unit.component:
            for target in self.units.of_component[reference.component.name]:
                self._add(unit, target, origin, *words, reference)

    def _add_group(self, unit: DeliveryUnit, group: str, who: object, origin: Located) -> None:
        if is_built_in(group) or group in self.cluster.provided_groups:
            return
        if group not in self._providers:
            raise GraphError(
                str(who),
                f"nothing in cluster {self.cluster.name} installs the CRDs of {group}",
                "add the component whose chart provides the group, or name it in provided_groups",
                where=origin,
            )
        self._add(unit, self._providers[group], origin, who, "needs the CRDs of", group)

    def _add_namespace(self, unit: DeliveryUnit, identity: Identity, origin: Located) -> None:
        owner = self._namespaces.get(identity.namespace)
        if owner is not None:
            self._add(unit, owner, origin, identity, "is in its namespace")

    def _add_controllers(self) -> None:
        for unit, home, text, origin in controller_edges(self.units):
            # G23 reports a controller that needs what waits for it.
            if home.name not in self.needs[unit.name] and unit.name not in self._reached(home.name):
                self._add(unit, home, origin, text)

    def _add_admission(self) -> None:
        edges = groupby(admission_edges(self.cluster, self.units), key=lambda edge: edge[1].name)
        for home, waiting in edges:
            # Edges from units that `home` does not reach cannot change the set that it reaches.
            reached = self._reached(home)
            for unit, target, text, origin in waiting:
                if unit.name not in reached:
                    self._add(unit, target, origin, text)

    def _reached(self, start: str) -> set[str]:
        seen = {start}
        waiting = [start]
        while waiting:
            fresh = self.needs[waiting.pop()].keys() - seen
            seen |= fresh
            waiting += fresh
        return seen

    def _refuse_cycle(self) -> None:
        try:
            graphlib.TopologicalSorter(_plain(self.needs)).prepare()
        except graphlib.CycleError as error:
            cycle: list[str] = list(reversed(error.args[1]))
            raise self._cycle_error(cycle) from None

    def _cycle_error(self, cycle: list[str]) -> GraphError:
        lowest = cycle.index(min(cycle))
        ring = cycle[lowest:-1] + cycle[:lowest] if lowest else cycle[:-1]
        steps = list(zip(ring, [*ring[1:], ring[0]], strict=True))
        lines = [f"\n  {one} waits for {other}: {self.needs[one][other]}" for one, other in steps]
        origin = self.needs[steps[0][0]][steps[0][1]].origin
        what = " -> ".join([*ring, ring[0]])
        fix = "remove one of these references, or move the object that makes it"
        why = "circular dependency: none of these can start" + "".join(lines)
        return GraphError(what, why, fix, where=origin)

    def depends_on(self) -> dict[str, list[str]]:
        """Return the transitive reduction: the sorted dependencies of each unit."""
        reach = Reachability(self.needs)
        reduced: dict[str, list[str]] = {}
        for name in sorted(self.needs):
            direct = self.needs[name]
            implied = 0
            for other in direct:
                implied |= reach.bits(other)
            reduced[name] = sorted(other for other in direct if not reach.bit(other) & implied)
        return reduced


def _plain(needs: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    return {name: sorted(others) for name, others in needs.items()}


def _providers(cluster: Cluster, units: Units) -> dict[str, DeliveryUnit]:
    """Return the unit that installs the CRDs of each API group: lowest layer, then by name."""
    found: dict[str, DeliveryUnit] = {}
    ordered = sorted(
        units.by_name.values(),
        key=lambda unit: (cluster.layers.index(unit.component.layer), unit.name),
    )
    for unit in ordered:
        for provision in unit.component.provisions:
            home = units.of_object[provision.by] if provision.by is not None else unit
            for group in provision.groups:
                found.setdefault(group, home)
        for item in unit.objects:
            if item.identity.kind == "CustomResourceDefinition":
                found.setdefault(item.manifest["spec"]["group"], unit)
    return found
