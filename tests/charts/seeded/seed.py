"""Seeds: single faults in what main.py builds, and the trees that have them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from kubestrata.core.identity import identity_of
from kubestrata.core.json_value import Manifest, is_mapping, is_sequence
from kubestrata.core.written import WrittenFile
from kubestrata.delivery.delivered import DeliveredCluster, DeliveredUnit
from tests.charts.seeded.edit import Change

A = "mycluster-0"
E = "cloudlab"


@dataclass(frozen=True, slots=True)
class Seed:
    """One fault of a cluster.

    `object` is `Kind namespace/name` of what is changed. Without `change`, `beside` and `into` it
    is removed. `beside` are objects that are added to its Kustomization; `into` is the
    Kustomization that it moves to. A finding must be of one of the `rules`, and name `about`, the
    changed object if it is empty. `missed` is the reason why nothing finds it.
    """

    name: str
    sort: str
    cluster: str
    object: str
    rules: tuple[str, ...]
    change: Change | None = None
    beside: tuple[Manifest, ...] = ()
    into: str = ""
    about: str = ""
    missed: str = ""

    @property
    def named(self) -> str:
        """Return `namespace/name` of the object that a finding must name."""
        return self.about or self.object.partition(" ")[2]


def sown(seed: Seed, cluster: DeliveredCluster) -> DeliveredCluster:
    """Return the cluster with the fault; raises LookupError if it has no such object."""
    field = _Field(seed)
    entry = field.changed(cluster.entry)
    by_path = {file.path: file for file in entry}
    units: list[DeliveredUnit] = []
    for unit in cluster.units:
        applied_by = by_path.get(unit.applied_by.path)
        if applied_by is None:
            continue
        files = None if unit.files is None else field.changed(unit.files)
        units.append(DeliveredUnit(applied_by, files))
    if field.found != 1:
        raise LookupError(f"{seed.name}: {seed.object} is in {cluster.name} {field.found} times")
    units = [field.extended(unit) for unit in units]
    if seed.into and not field.arrived:
        raise LookupError(f"{seed.name}: {cluster.name} has no Kustomization {seed.into}")
    return replace(cluster, entry=entry, units=units)


class _Field:
    """Location of one seed; counts the objects that it changed."""

    def __init__(self, seed: Seed) -> None:
        self._seed = seed
        self._moved: WrittenFile | None = None
        self.found = 0
        self.arrived = False

    def changed(self, files: Sequence[WrittenFile]) -> list[WrittenFile]:
        return [each for file in files for each in self._file(file)]

    def _file(self, file: WrittenFile) -> Iterator[WrittenFile]:
        seed = self._seed
        if file.manifest is None or _shown(file.manifest) != seed.object:
            yield file
            return
        self.found += 1
        if seed.change is not None:
            manifest = _plain(file.manifest)
            seed.change(manifest)
            yield replace(file, manifest=manifest)
        elif seed.beside:
            yield file
            for index, each in enumerate(seed.beside):
                yield replace(file, path=f"{file.path}.{index}", manifest=each)
        elif seed.into:
            self._moved = file

    def extended(self, unit: DeliveredUnit) -> DeliveredUnit:
        """Return a unit with the object that moves into it."""
        name = unit.applied_by.manifest["metadata"]["name"] if unit.applied_by.manifest else ""
        if self._moved is None or name != self._seed.into or unit.files is None:
            return unit
        self.arrived = True
        return replace(unit, files=[*unit.files, self._moved])


def _plain(manifest: Manifest) -> Manifest:
    """Return a copy that can be changed: rendered objects have tuples."""
    found: Manifest = _listed(copy.deepcopy(manifest))
    return found


def _listed(value: Any) -> Any:  # JSON
    if is_mapping(value):
        return {key: _listed(each) for key, each in value.items()}
    if is_sequence(value):
        return [_listed(each) for each in value]
    return value


def _shown(manifest: Manifest) -> str:
    identity = identity_of(manifest)
    home = f"{identity.namespace}/" if identity.namespace else ""
    return f"{identity.kind} {home}{identity.name}"
