"""Delivery by Flux: one Kustomization per unit, one source per repository."""

from __future__ import annotations

from kubestrata.core.cluster import Cluster
from kubestrata.core.errors import DuplicateObject
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Manifest
from kubestrata.core.written import Located, WrittenFile
from kubestrata.core.yaml_text import dump
from kubestrata.delivery import flux_kustomization, flux_source, layout
from kubestrata.delivery.annotation import annotated
from kubestrata.delivery.delivered import DeliveredCluster, DeliveredUnit
from kubestrata.delivery.flux import Flux
from kubestrata.delivery.graph import Graph
from kubestrata.delivery.health import health_of
from kubestrata.delivery.substitution import settle
from kubestrata.delivery.unit import DeliveryUnit, Units, units_of

ENTRY = "flux"
_CRD = "CustomResourceDefinition"
_PRUNE = "kustomize.toolkit.fluxcd.io/prune"


def deliver_by_flux(flux: Flux, cluster: Cluster) -> DeliveredCluster:
    """Return the tree of a cluster.

    Raises DuplicateObject if two objects have one identity, GraphError if the order cannot be
    derived, InvalidValue or EncryptionError for objects that Flux could not apply.
    """
    units = units_of(cluster)
    graph = Graph(cluster, units)
    depends_on = graph.depends_on()
    entry = _Entry(flux, cluster, units)
    health = health_of(units)
    files: list[WrittenFile] = []
    applied: dict[Identity, list[WrittenFile] | None] = {}
    for name in sorted(units.by_name):
        unit = units.by_name[name]
        own: list[WrittenFile] | None = None
        if (source := unit.component.source) is not None:
            entry.add(flux_source.remote(flux, unit, source), unit.origin)
            made = flux_kustomization.remote(flux, unit, depends_on[name], source)
        else:
            folder = f"{cluster.name}/{unit.folder}"
            [*own, listed], used = _unit_files(unit, folder, flux)
            files += [*own, listed]
            made = flux_kustomization.local(
                flux, unit, depends_on[name], folder, placeholders=used, health=health
            )
        applied[entry.add(made, unit.origin)] = own
    objects, listing = entry.files()
    return DeliveredCluster(
        cluster=cluster,
        entry=list(objects.values()),
        root=objects.get(entry.root),
        units=[DeliveredUnit(objects[made], own) for made, own in applied.items()],
        needs=graph.needs,
        depends_on=depends_on,
        files=[*files, *objects.values(), listing],
    )


class _Entry:
    """The objects of the entry folder, which the root applies."""

    def __init__(self, flux: Flux, cluster: Cluster, units: Units) -> None:
        self._cluster = cluster
        self._objects: dict[Identity, tuple[Manifest, Located]] = {}
        self._elsewhere: dict[Identity, Located] = {
            item.identity: item.origin for unit in units.by_name.values() for item in unit.objects
        }
        source = flux_source.root(flux)
        root = flux_kustomization.root(flux, f"{cluster.name}/{ENTRY}")
        self.root = identity_of(root)
        for manifest in (source, root):
            self.add(manifest, cluster.origin)
        for manifest, origin in flux_source.charts(flux.namespace, flux.source_interval, cluster):
            self.add(manifest, origin)
        by_operator = flux.bootstrap == "operator"
        self._not_written = {identity_of(source), self.root} if by_operator else set[Identity]()

    def add(self, manifest: Manifest, origin: Located) -> Identity:
        """Add an object; raises DuplicateObject if a component creates it too."""
        identity = identity_of(manifest)
        where = self._elsewhere.get(identity) or (origin if identity in self._objects else None)
        if where is not None:
            why = f"the Flux delivery of cluster {self._cluster.name} creates it already"
            raise DuplicateObject(str(identity), why, "give it another name", where=where)
        self._objects[identity] = (manifest, origin)
        return identity

    def files(self) -> tuple[dict[Identity, WrittenFile], WrittenFile]:
        """Return the files to write, and the kustomization.yaml that lists them."""
        written = sorted(self._objects.keys() - self._not_written)
        names = layout.file_names(written)
        entries = [
            (names[each], dump(manifest).encode(), origin, manifest)
            for each in written
            for manifest, origin in (self._objects[each],)
        ]
        *files, listing = layout.folder(
            f"{self._cluster.name}/{ENTRY}", entries, self._cluster.origin
        )
        return dict(zip(written, files, strict=True)), listing


def _unit_files(
    unit: DeliveryUnit, folder: str, flux: Flux
) -> tuple[list[WrittenFile], frozenset[str]]:
    """Return the files of a unit, the kustomization.yaml last, and their placeholders."""
    names = layout.file_names([item.identity for item in unit.objects])
    delivered = [
        (item, _kept(item.manifest) if item.identity.kind == _CRD else item.manifest)
        for item in unit.objects
    ]
    settled, used = settle(delivered, flux.placeholders)
    entries: list[layout.Entry] = [
        (names[item.identity], content, item.origin, manifest)
        for item, (manifest, content) in zip(unit.objects, settled, strict=True)
    ]
    entries += [(file.name, file.content, file.origin, None) for file in unit.files]
    return layout.folder(folder, entries, unit.origin), used


def _kept(definition: Manifest) -> Manifest:
    """Return a CustomResourceDefinition that Flux never prunes, to protect its custom resources."""
    return annotated(definition, {_PRUNE: "disabled"})
