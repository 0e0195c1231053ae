"""Ordering of admission policies before the objects that they apply to.

There is no reference between them, so the layer decides: components of a later layer wait for a
policy of an earlier one, unless the policy excludes every namespace that they write to. The
exclusions of policies created by a chart are unknown, so every later component waits for them.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.cluster import Cluster
from kubestrata.core.json_value import Manifest, mapping, sequence
from kubestrata.core.written import Located
from kubestrata.delivery.unit import DeliveryUnit, Units
from kubestrata.knowledge import knowledge


def _excluded(rule: object) -> frozenset[str]:
    clause = mapping(mapping(rule).get("exclude"))
    filters = [clause, *sequence(clause.get("any"))]
    resources = [mapping(mapping(one).get("resources")) for one in filters]
    return frozenset(name for one in resources for name in sequence(one.get("namespaces")))


def excluded_namespaces(policy: Manifest) -> frozenset[str]:
    """Return the namespaces that every rule of a Kyverno policy excludes."""
    excluded = [_excluded(rule) for rule in sequence(policy["spec"].get("rules"))]
    return frozenset[str].intersection(*excluded) if excluded else frozenset()


class _Namespaces(dict[str, frozenset[str]]):
    """The namespaces that units write to, by the unit's name; most clusters ask for none."""

    def __init__(self, units: Units) -> None:
        super().__init__()
        self._units = units

    def __missing__(self, name: str) -> frozenset[str]:
        unit = self._units.by_name[name]
        objects = {item.identity.namespace for item in unit.objects}
        files = {file.identity.namespace for file in unit.files}
        found = self[name] = frozenset(objects | files) - {""}
        return found


def _later(cluster: Cluster, units: Units, home: DeliveryUnit) -> Iterator[DeliveryUnit]:
    """Yield the units of later layers, by name."""
    own = cluster.layers.index(home.component.layer)
    for name in sorted(units.by_name):
        unit = units.by_name[name]
        if cluster.layers.index(unit.component.layer) > own:
            yield unit


def admission_edges(
    cluster: Cluster, units: Units
) -> Iterator[tuple[DeliveryUnit, DeliveryUnit, str, Located]]:
    """Yield (unit, unit of the policy, reason, line) for all affected units, in stable order."""
    namespaces = _Namespaces(units)
    kinds = knowledge().kinds_with(lambda fact: fact.admission)
    for name in sorted(units.by_name):
        home = units.by_name[name]
        for item in home.objects:
            if (item.identity.group, item.identity.kind) not in kinds:
                continue
            excluded = excluded_namespaces(item.manifest)
            for unit in _later(cluster, units, home):
                if namespaces[unit.name] - excluded:
                    yield unit, home, f"{item.identity} applies to its objects", item.origin
        yield from _of_charts(cluster, units, home, namespaces)


def _of_charts(
    cluster: Cluster, units: Units, home: DeliveryUnit, namespaces: _Namespaces
) -> Iterator[tuple[DeliveryUnit, DeliveryUnit, str, Located]]:
    component = home.component
    if home is units.of_component[component.name][0]:
        text = f"policies of a chart of {component.name} apply to its objects"
        for origin in component.policies:
            for unit in _later(cluster, units, home):
                if namespaces[unit.name]:
                    yield unit, home, text, origin
