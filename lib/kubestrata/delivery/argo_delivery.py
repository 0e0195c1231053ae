"""Delivery by Argo CD: one Application per unit, in sync waves of the derived order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kubestrata.core.cluster import Cluster
from kubestrata.core.errors import DuplicateObject, EncryptionError, GraphError, InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Manifest, mapping
from kubestrata.core.written import Located, WrittenFile, WrittenObject
from kubestrata.core.yaml_text import dump
from kubestrata.delivery import argo_application, layout
from kubestrata.delivery.argo_application_set import application_set, made_by_set
from kubestrata.delivery.argo_cd import ArgoCd, Retiring
from kubestrata.delivery.argo_hook import with_hooks
from kubestrata.delivery.argo_object import kept, settled
from kubestrata.delivery.argo_project import ProjectUse, root_use
from kubestrata.delivery.argo_registry import registries_with_secret, registry_secret
from kubestrata.delivery.argo_release import Releases, is_release
from kubestrata.delivery.chart_hook import after_needed
from kubestrata.delivery.delivered import DeliveredCluster, DeliveredUnit
from kubestrata.delivery.graph import Graph
from kubestrata.delivery.ignored_difference import Scaled, ignored_differences
from kubestrata.delivery.substitution import settle
from kubestrata.delivery.unit import DeliveryUnit, units_of
from kubestrata.delivery.wave import waves_by_layer, waves_of
from kubestrata.rules.api_group import ARGO

if TYPE_CHECKING:
    from kubestrata.helm.store import ChartStore

ENTRY = "argocd"
_BUILT_IN = "default"
_Charts = Mapping[Identity, Sequence[WrittenObject]]


def deliver_by_argo_cd(
    argo: ArgoCd, cluster: Cluster, store: ChartStore | None
) -> DeliveredCluster:
    """Return the tree of a cluster, with charts of a store if they are delivered rendered.

    Raises DuplicateObject if two objects have one identity, GraphError if the order cannot be
    derived or a chart cannot be rendered, InvalidValue or EncryptionError for objects that Argo CD
    could not apply.
    """
    _require_own_names(argo, cluster)
    return _ArgoDelivery(argo, cluster, store).delivered()


def _require_own_names(argo: ArgoCd, cluster: Cluster) -> None:
    """Raise InvalidValue if the same Argo CD delivers another cluster without another prefix.

    Clusters that both name the API server of Argo CD itself have one of their own.
    """
    for other in cluster.platform.clusters:
        theirs = other.delivery
        if other is cluster or not isinstance(theirs, ArgoCd):
            continue
        same = (argo.prefix, argo.namespace) == (theirs.prefix, theirs.namespace)
        if same and not argo.server == theirs.server == ArgoCd.OWN_SERVER:
            what = f"prefix {argo.prefix!r} of cluster {cluster.name}"
            why = f"is that of cluster {other.name}: one Argo CD would have Applications twice"
            fix = f"write ArgoCd(prefix='{cluster.name}-', ...)"
            raise InvalidValue(what, why, fix, where=argo.origin)


def _defined(objects: Iterable[WrittenObject]) -> Iterator[tuple[str, str]]:
    """Yield the group and kind of each CustomResourceDefinition."""
    for each in objects:
        if each.identity.kind == "CustomResourceDefinition":
            spec = mapping(each.manifest.get("spec"))
            yield str(spec.get("group")), str(mapping(spec.get("names")).get("kind"))


class _Unit(Frozen):
    """A unit with its Application, and its files, None if they are elsewhere."""

    unit: DeliveryUnit
    application: Manifest
    files: Sequence[WrittenFile] | None
    wave: tuple[int, ...]

    @property
    def identity(self) -> Identity:
        return identity_of(self.application)


class _ArgoDelivery:
    """The Applications, projects and files of a cluster."""

    def __init__(self, argo: ArgoCd, cluster: Cluster, store: ChartStore | None) -> None:
        self._argo, self._cluster = argo, cluster
        self._units = units_of(cluster)
        self._graph = Graph(cluster, self._units)
        self._has_sets = argo.layout == "application-sets"
        self._waves: Mapping[str, tuple[int, ...]] = (
            waves_by_layer(cluster, self._units, self._graph.needs)
            if self._has_sets
            else {name: (wave,) for name, wave in waves_of(self._graph.needs).items()}
        )
        self._releases = Releases(cluster, self._units)
        is_rendered = argo.charts == "rendered"
        self._charts: _Charts = self._releases.rendered(store) if is_rendered else {}
        self._scaled = Scaled(self._all_objects())
        self._projects: dict[str, ProjectUse] = {}
        self._entry: dict[Identity, tuple[Manifest, Located]] = {}
        self._known = {each.identity: each.origin for each in self._all_objects()}
        self._defined = set(_defined(self._all_objects()))

    def delivered(self) -> DeliveredCluster:
        """Return the tree."""
        made = [self._unit(self._units.by_name[name]) for name in sorted(self._units.by_name)]
        root = self._add_entry()
        if self._has_sets:
            made = list(self._add_sets(made))
        else:
            for each in made:
                self._add(each.application, each.unit.origin)
        names = layout.file_names(sorted(self._entry))
        entries = [
            (names[each], dump(manifest).encode(), origin, manifest)
            for each in sorted(self._entry)
            for manifest, origin in (self._entry[each],)
        ]
        *written, listing = layout.folder(
            f"{self._cluster.name}/{ENTRY}", entries, self._cluster.origin
        )
        objects = dict(zip(sorted(self._entry), written, strict=True))
        return DeliveredCluster(
            cluster=self._cluster,
            entry=written,
            root=objects[root],
            units=[self._delivered(each, objects) for each in made],
            needs=self._graph.needs,
            depends_on=self._graph.depends_on(),
            files=[*(file for each in made for file in each.files or ()), *written, listing],
        )

    def _delivered(self, made: _Unit, objects: Mapping[Identity, WrittenFile]) -> DeliveredUnit:
        applied_by = objects.get(made.identity)
        if applied_by is None:
            layer = self._argo.prefix + made.unit.component.layer
            file = objects[Identity(ARGO, "ApplicationSet", self._argo.namespace, layer)]
            applied_by = replace(file, manifest=made.application, origin=made.unit.origin)
        files = None if made.files is None else made.files[:-1]
        return DeliveredUnit(applied_by, files, made.wave)

    def _add_sets(self, made: Sequence[_Unit]) -> Iterator[_Unit]:
        """Add an ApplicationSet for each layer; yield the units as it makes them."""
        for number, layer in enumerate(self._cluster.layers):
            units = [
                replace(each, application=made_by_set(each.application, each.wave[-1]))
                for each in made
                if each.unit.component.layer == layer
            ]
            if not units:
                continue
            manifest = application_set(
                self._argo,
                self._argo.prefix + layer,
                number,
                folder=f"{self._cluster.name}/{layer}",
                units={f"{self._cluster.name}/{one.unit.folder}": one.application for one in units},
            )
            self._add(manifest, self._cluster.origin)
            yield from units

    def _all_objects(self) -> Iterator[WrittenObject]:
        for unit in self._units.by_name.values():
            yield from self._objects(unit)

    def _objects(self, unit: DeliveryUnit) -> Iterator[WrittenObject]:
        """Yield what a unit applies: its objects, and those of its charts if they are rendered."""
        for item in unit.objects:
            if is_release(item.identity):
                yield from self._charts.get(item.identity, ())
            else:
                yield item

    def _unit(self, unit: DeliveryUnit) -> _Unit:
        wave, project = self._waves[unit.name], self._project(unit)
        if (remote := unit.component.source) is not None:
            project.repositories.add(remote.url)
            project.is_open = True
            made = argo_application.remote(
                self._argo, unit, wave=wave[0], project=project.name, source=remote
            )
            return _Unit(unit, made, None, wave)
        folder = f"{self._cluster.name}/{unit.folder}"
        objects = [kept(each) for each in after_needed(with_hooks(list(self._objects(unit))))]
        if self._has_sets:
            prune = argo_application.is_pruned(unit)
            objects = [settled(each, prune=prune) for each in objects]
        project.add([each.identity for each in objects], self._defined)
        project.add([each.identity for each in unit.files], self._defined)
        files = self._files(unit, folder, objects)
        releases = [each for each in unit.objects if is_release(each.identity)]
        sources = self._sources(unit, releases, folder, has_files=len(files) > 1)
        project.repositories |= {str(each["repoURL"]) for each in sources}
        namespace = self._namespace(unit, releases, objects)
        project.namespaces.add(namespace)
        made = argo_application.local(
            self._argo,
            unit,
            wave=wave[0],
            project=project.name,
            sources=sources,
            namespace=namespace,
            ignored=ignored_differences(objects, releases, self._scaled),
        )
        return _Unit(unit, made, files if len(files) > 1 else [], wave)

    def _sources(
        self,
        unit: DeliveryUnit,
        releases: Sequence[WrittenObject],
        folder: str,
        *,
        has_files: bool,
    ) -> list[Manifest]:
        own = [argo_application.folder_source(self._argo, folder)] if has_files else []
        if self._argo.charts == "rendered":
            if not own:
                why = "has charts that make no object with these values"
                raise GraphError(f"component {unit.component.name!r}", why, where=unit.origin)
            return own
        charts = [self._releases.source(each.identity) for each in releases]
        if charts:
            self._project(unit).is_open = True
        return [*own, *charts]

    def _namespace(
        self,
        unit: DeliveryUnit,
        releases: Sequence[WrittenObject],
        objects: Sequence[WrittenObject],
    ) -> str:
        """Return the namespace of an Application, which its charts are installed in."""
        spaces = {self._releases.namespace(each.identity) for each in releases}
        if self._argo.charts == "source" and len(spaces) > 1:
            why = f"has releases in namespaces {', '.join(sorted(spaces))}"
            fix = "an Application has one namespace: put each release into its own component"
            raise InvalidValue(f"component {unit.component.name!r}", why, fix, where=unit.origin)
        if spaces:
            return min(spaces)
        # Nothing is created there: all objects name their namespaces. That of Argo CD would allow
        # the project to change Argo CD itself.
        used = {each.identity.namespace for each in objects} - {""}
        return unit.component.home_name or min(used, default="default")

    def _files(
        self, unit: DeliveryUnit, folder: str, objects: Sequence[WrittenObject]
    ) -> list[WrittenFile]:
        encrypted = next((file for file in unit.files if file.encrypted), None)
        if encrypted is not None:
            why = "is encrypted, and Argo CD decrypts no files"
            fix = "use an ExternalSecret or a SealedSecret"
            raise EncryptionError(encrypted.name, why, fix, where=encrypted.origin)
        names = layout.file_names([each.identity for each in objects])
        settled, _ = settle([(each, each.manifest) for each in objects], ())
        entries: list[layout.Entry] = [
            (names[each.identity], content, each.origin, manifest)
            for each, (manifest, content) in zip(objects, settled, strict=True)
        ]
        entries += [(file.name, file.content, file.origin, None) for file in unit.files]
        return layout.folder(folder, entries, unit.origin)

    def _project(self, unit: DeliveryUnit) -> ProjectUse:
        name = self._argo.prefix + unit.component.layer
        if name == _BUILT_IN:
            why = "would replace the project of Argo CD that has this name"
            raise InvalidValue(
                f"layer {name!r}", why, "rename it, or set a prefix", where=unit.origin
            )
        return self._projects.setdefault(name, ProjectUse(name))

    def _add_entry(self) -> Identity:
        """Add the projects, the registries and the root; return the identity of the root."""
        argo, origin = self._argo, self._cluster.origin
        for each in argo.retiring:
            self._retire(each)
        for window in argo.sync_windows:
            for layer in window.layers:
                self._require_layer(layer, "SyncWindow")
        for use in self._projects.values():
            layer = use.name.removeprefix(argo.prefix)
            about = f"Layer {layer} of cluster {self._cluster.name}."
            self._add(use.manifest(argo, argo.server, about), origin)
        if argo.charts == "source":
            self._add_registries()
        own = root_use(f"{self._cluster.name}-root", argo)
        about = f"Applications and projects of cluster {self._cluster.name}."
        self._add(own.manifest(argo, ArgoCd.OWN_SERVER, about), origin)
        folder = f"{self._cluster.name}/{ENTRY}"
        return self._add(argo_application.root(argo, own.name, folder, own.name), origin)

    def _retire(self, retiring: Retiring) -> None:
        """Allow in the project of a layer what is yet to be deleted; a layer may be empty now."""
        self._require_layer(retiring.layer, "Retiring")
        full = self._argo.prefix + retiring.layer
        use = self._projects.setdefault(full, ProjectUse(full, {self._argo.repository.url}))
        use.retire(retiring.group_kinds, retiring.namespaces)

    def _require_layer(self, name: str, of: str) -> None:
        if name not in (layers := self._cluster.layers):
            why = f"is not a layer of cluster {self._cluster.name}, which has {', '.join(layers)}"
            raise InvalidValue(f"layer {name!r} of {of}", why, where=self._argo.origin)

    def _add_registries(self) -> None:
        """Add a Secret for each registry of charts: Argo CD requires one even without a login."""
        found: dict[str, Located] = {}
        for unit in self._units.by_name.values():
            for item in unit.objects:
                registry = is_release(item.identity) and self._releases.registry(item.identity)
                if registry:
                    found.setdefault(registry, item.origin)
        own = set(registries_with_secret(self._all_objects()))
        for registry, origin in sorted(found.items(), key=lambda one: one[0]):
            if registry in own:
                continue
            self._add(registry_secret(self._argo, registry), origin)

    def _add(self, manifest: Manifest, origin: Located) -> Identity:
        """Add an object of the entry; raises DuplicateObject if there is one of its name."""
        identity = identity_of(manifest)
        where = self._known.get(identity) or (origin if identity in self._entry else None)
        if where is not None:
            why = f"the Argo CD delivery of cluster {self._cluster.name} creates it already"
            raise DuplicateObject(str(identity), why, "give it another name", where=where)
        self._entry[identity] = (manifest, origin)
        return identity
