"""Units: the sets of objects that are applied together.

A component is one unit, or two if its custom resources need the CRDs that its own chart installs:
applied together, the server-side dry-run of the whole set would never succeed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kubestrata.core.cluster import Cluster, Component
from kubestrata.core.errors import DuplicateObject, GraphError
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.origin import Origin
from kubestrata.core.written import Located, PassedFile, WrittenObject

CONFIG = "config"


class DeliveryUnit(Frozen):
    """The content of one Kustomization or Application; `folder` is below the cluster's folder."""

    name: str
    component: Component
    folder: str
    objects: Sequence[WrittenObject]
    files: Sequence[PassedFile] = ()

    @property
    def origin(self) -> Origin:
        """The line that created its component."""
        return self.component.origin


@dataclass(slots=True)
class Units:
    """All units of a cluster, and the unit of each object."""

    by_name: dict[str, DeliveryUnit] = field(default_factory=dict[str, DeliveryUnit])
    of_object: dict[Identity, DeliveryUnit] = field(default_factory=dict[Identity, DeliveryUnit])
    of_component: dict[str, list[DeliveryUnit]] = field(
        default_factory=dict[str, list[DeliveryUnit]]
    )

    def add(self, unit: DeliveryUnit) -> None:
        """Add a unit; raises DuplicateObject if another component uses its name."""
        if unit.name in self.by_name:
            other = self.by_name[unit.name].component
            what = f"Kustomization {unit.name!r} of component {unit.component.name!r}"
            why = f"component {other.name!r} (created at {other.origin}) has one of that name"
            raise DuplicateObject(what, why, "rename one component", where=unit.component.origin)
        self.by_name[unit.name] = unit
        self.of_component.setdefault(unit.component.name, []).append(unit)
        for item in unit.objects:
            self.of_object[item.identity] = unit


def _needs_own_chart(component: Component, objects: Sequence[WrittenObject]) -> set[Identity]:
    """Return the objects that need CRDs of the component's own charts, and their referrers."""
    charts = [item for item in component.provisions if item.by is not None]
    groups = frozenset[str]().union(*(item.groups for item in charts))
    providers = {item.by for item in charts}
    later = {item.identity for item in objects if item.identity.group in groups}
    namers: dict[Identity, list[Identity]] = {}
    for item in objects if later else ():
        for reference in item.references if item.identity not in providers else ():
            if reference.resource is not None:
                namers.setdefault(reference.resource.identity, []).append(item.identity)
    waiting = list(later)
    while waiting:
        fresh = set(namers.get(waiting.pop(), ())) - later
        later |= fresh
        waiting += fresh
    return later


def _split(component: Component, objects: Sequence[WrittenObject]) -> list[DeliveryUnit]:
    folder = f"{component.layer}/{component.name}"
    later = _needs_own_chart(component, objects)
    first = [item for item in objects if item.identity not in later]
    units = [DeliveryUnit(component.name, component, folder, first, component.files)]
    if later:
        second = [item for item in objects if item.identity in later]
        units.append(
            DeliveryUnit(f"{component.name}-{CONFIG}", component, f"{folder}/{CONFIG}", second)
        )
    return units


def _one_of_two(identity: Identity) -> str:
    if (identity.group, identity.kind) == ("", "Namespace"):
        return "declare it in one component, and pass its home_namespace to the other"
    return "keep one of the two, or give one another name or namespace"


def units_of(cluster: Cluster) -> Units:
    """Return the units of a cluster; raises DuplicateObject if two objects share an identity."""
    units = Units()
    seen: dict[Identity, Located] = {}
    for component in cluster.components:
        objects = component.rendered()
        if not objects and not component.files and component.source is None:
            why = "has no objects, files or source, so there is nothing to reconcile"
            raise GraphError(f"component {component.name!r}", why, where=component.origin)
        written = [(item.identity, item.origin) for item in objects]
        written += [(item.identity, item.origin) for item in component.files]
        for identity, origin in written:
            if identity in seen:
                why = f"is created twice, also at {seen[identity]}"
                fix = _one_of_two(identity)
                raise DuplicateObject(str(identity), why, fix, where=origin)
            seen[identity] = origin
        for unit in _split(component, objects):
            units.add(unit)
    return units
