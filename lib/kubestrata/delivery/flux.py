"""Flux: one Kustomization a unit, one source object a repository, all in the entry folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from kubestrata.core.cluster import Cluster
from kubestrata.core.errors import DuplicateObject, SourceError
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Manifest, mapping
from kubestrata.core.source import GitRepository
from kubestrata.core.value.duration import Duration
from kubestrata.core.written import Located, RenderedObject, WrittenFile
from kubestrata.core.yaml_text import dump
from kubestrata.delivery import flux_kustomization, flux_source, layout
from kubestrata.delivery.graph import Graph
from kubestrata.delivery.health import health_of
from kubestrata.delivery.substitution import settle
from kubestrata.delivery.unit import Unit, Units, units_of

ENTRY = "flux"
_PRUNE = "kustomize.toolkit.fluxcd.io/prune"


@dataclass(frozen=True, slots=True)
class SopsDecryption:
    """The Secret in Flux's namespace that holds the key to SOPS files."""

    secret: str = "sops-age"  # noqa: S105  # a name


@dataclass(frozen=True, slots=True)
class SubstituteFrom:
    """A ConfigMap or Secret in Flux's namespace whose keys fill placeholders."""

    kind: Literal["ConfigMap", "Secret"]
    name: str
    keys: Sequence[str]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Flux:
    """Delivery by Flux, bootstrapped from `repository`, whose folder `path` is the output.

    The source and the Kustomization `flux-system` that everything hangs on are in the output where
    the command `flux bootstrap` was run, and made by the FluxInstance where the Flux Operator runs
    Flux: its `sync.path` is `<path>/<cluster>/flux`. The times are those of every Kustomization
    whose component says nothing else.
    """

    repository: GitRepository
    path: str = "dist"
    bootstrap: Literal["command", "operator"] = "command"
    decryption: SopsDecryption | None = None
    substitute_from: Sequence[SubstituteFrom] = ()
    namespace: str = "flux-system"
    interval: Duration = field(default_factory=lambda: Duration("10m"))
    retry_interval: Duration = field(default_factory=lambda: Duration("2m"))
    timeout: Duration = field(default_factory=lambda: Duration("5m"))
    source_interval: Duration = field(default_factory=lambda: Duration("1h"))

    @property
    def placeholders(self) -> Sequence[str]:
        """The names that Flux substitutes."""
        return sorted({key for source in self.substitute_from for key in source.keys})

    @property
    def groups(self) -> frozenset[str]:
        """The API groups of Flux' own CRDs."""
        kinds = ("helm", "image", "kustomize", "notification", "source")
        return frozenset(f"{kind}.toolkit.fluxcd.io" for kind in kinds)

    def derive(self, cluster: Cluster) -> list[WrittenFile]:
        """Everything the cluster reconciles; paths are below the cluster's folder."""
        units = units_of(cluster)
        depends_on = Graph(cluster, units).depends_on()
        entry = _Entry(cluster, units)
        health = health_of(units)
        for root in (flux_source.root(self), self._root(cluster)):
            entry.add(root, cluster.origin, made_elsewhere=self.bootstrap == "operator")
        for manifest, origin in flux_source.charts(self, cluster):
            entry.add(manifest, origin)
        files: list[WrittenFile] = []
        for name in sorted(units.by_name):
            unit = units.by_name[name]
            if (source := unit.component.source) is not None:
                entry.add(flux_source.remote(self, unit, source), unit.origin)
                made = flux_kustomization.remote(self, unit, depends_on[name], source)
            else:
                manifests, used = settle(unit.objects, self.placeholders)
                files += _unit_files(unit, manifests)
                folder = f"{cluster.name}/{unit.folder}"
                made = flux_kustomization.local(
                    self, unit, depends_on[name], folder, placeholders=used, health=health
                )
            entry.add(made, unit.origin)
        return files + entry.files()

    def _root(self, cluster: Cluster) -> Manifest:
        return flux_kustomization.root(self, f"{cluster.name}/{ENTRY}")


class _Entry:
    """The entry folder's objects, each once."""

    def __init__(self, cluster: Cluster, units: Units) -> None:
        self._cluster = cluster
        self._objects: dict[Identity, tuple[Manifest, Located]] = {}
        self._given: set[Identity] = set()
        self._elsewhere: dict[Identity, Located] = {
            item.identity: item.origin for unit in units.by_name.values() for item in unit.objects
        }

    def add(self, manifest: Manifest, origin: Located, *, made_elsewhere: bool = False) -> None:
        """Take an object in; raises DuplicateObject where a component makes it too.

        One that is made elsewhere keeps its name and is not written.
        """
        identity = identity_of(manifest)
        where = self._elsewhere.get(identity)
        if where is None and (identity in self._objects or identity in self._given):
            where = origin
        if where is not None:
            why = f"Flux delivery of cluster {self._cluster.name} makes it already"
            raise DuplicateObject(str(identity), why, "give it another name", where=where)
        if made_elsewhere:
            self._given.add(identity)
        else:
            self._objects[identity] = (manifest, origin)

    def files(self) -> list[WrittenFile]:
        """The folder."""
        names = layout.file_names(sorted(self._objects))
        files = [
            WrittenFile(names[key], dump(manifest).encode(), origin, manifest)
            for key, (manifest, origin) in sorted(self._objects.items(), key=lambda item: item[0])
        ]
        return layout.folder(ENTRY, files, self._cluster.origin)


def _unit_files(unit: Unit, manifests: Sequence[Manifest]) -> list[WrittenFile]:
    names = layout.file_names([item.identity for item in unit.objects])
    files: list[WrittenFile] = []
    for item, manifest in zip(unit.objects, manifests, strict=True):
        is_crd = item.identity.kind == "CustomResourceDefinition"
        final = _keep_crd(manifest) if is_crd else manifest
        files.append(WrittenFile(names[item.identity], _text(item, final), item.origin, final))
    files += [WrittenFile(file.name, file.content, file.origin) for file in unit.files]
    return layout.folder(unit.folder, files, unit.origin)


def _keep_crd(manifest: Manifest) -> Manifest:
    """A CustomResourceDefinition that Flux never prunes: its objects would go with it."""
    metadata = dict(manifest["metadata"])
    metadata["annotations"] = {**mapping(metadata.get("annotations")), _PRUNE: "disabled"}
    return {**manifest, "metadata": metadata}


def _text(item: RenderedObject, manifest: Manifest) -> bytes:
    try:
        return dump(manifest).encode()
    except SourceError as error:
        what = f"{item.identity} {error.where}: {error.what}"
        raise type(error)(what, error.why, error.fix, where=item.origin) from error
