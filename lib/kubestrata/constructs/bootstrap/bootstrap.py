"""The needs of a cluster before its delivery runs, derived from its components."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from kubestrata.constructs.bootstrap.helmfile import VALUES, helmfile, values_of
from kubestrata.constructs.bootstrap.part import BootstrapRelease, BootstrapSecret, Command, Wait
from kubestrata.constructs.bootstrap.planned_release import PlannedRelease, planned
from kubestrata.constructs.bootstrap.readme import Phases, page
from kubestrata.constructs.talos import ExtraManifest, MachineConfiguration
from kubestrata.core.argument import require
from kubestrata.core.cluster import Cluster, Component
from kubestrata.core.errors import DuplicateObject, GraphError, InvalidReference, InvalidValue
from kubestrata.core.json_value import JsonObject
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.reference import Reference
from kubestrata.core.tree import path_of
from kubestrata.core.value.placeholder import has_mark
from kubestrata.core.written import WrittenFile, WrittenObject
from kubestrata.core.yaml_text import dump, dump_all

FOLDER = "bootstrap"
_Release: TypeAlias = Component | BootstrapRelease
_EXISTING = frozenset({"default", "kube-node-lease", "kube-public", "kube-system"})
_LIST = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}


class Bootstrap(Construct):
    """No objects: the phases before the delivery, as files in `bootstrap/` of the cluster.

    `prerequisites/`, `crds/` and `delivery/` are folders for Kustomize, `helmfile.yaml` has the
    releases, and `README.md` a command for each phase. Charts, versions, values and objects are
    those of the components, which remain the owners: the delivery takes over the same releases
    and objects. A release must not require CRDs, namespaces or components that come later.
    """

    def __init__(
        self,
        scope: Cluster,
        id: str = "bootstrap",
        *,
        releases: Sequence[_Release] = (),
        crds: Sequence[ExtraManifest | Component] = (),
        prerequisites: Sequence[Reference | BootstrapSecret] = (),
        delivery: Sequence[Reference | Component] = (),
        waits: Sequence[Wait] = (),
        commands: Sequence[Command] = (),
        machines: MachineConfiguration | None = None,
    ) -> None:
        """`crds` are files of remote sources, and components that are charts of CRDs.

        `delivery` are the objects that start the delivery, such as a FluxInstance; `waits` are
        what must be ready then.
        """
        super().__init__(require("scope of Bootstrap", scope, Cluster), id)
        self.cluster = scope
        self.origin = caller(path_of(self))
        self.manifests = tuple(each for each in crds if isinstance(each, ExtraManifest))
        charts = [each for each in crds if not isinstance(each, ExtraManifest)]
        self.crds = tuple(BootstrapRelease(require("crds", each, Component)) for each in charts)
        self.releases = tuple(map(_part, releases))
        self.prerequisites = tuple(prerequisites)
        self.delivery = tuple(delivery)
        self.waits, self.commands = tuple(waits), tuple(commands)
        self.machines = (
            require("machines", machines, MachineConfiguration) if machines is not None else None
        )
        self._require_own()
        for secret in self._secrets():
            scope.add_early_document(dict(secret), self.origin)
        scope.add_files(self)

    def _require_own(self) -> None:
        """Raise an error for a component of another cluster, or one that is listed twice."""
        cluster, seen = self.cluster, set[str]()
        for each in (*self.crds, *self.releases):
            cluster.require_component(each.component, self.origin)
            if each.component.name in seen:
                what = f"component {each.component.name!r}"
                raise DuplicateObject(what, "is in the bootstrap twice", where=self.origin)
            seen.add(each.component.name)
        for one in self.delivery:
            require("delivery", one, Reference, Component)
            owner = one.component if isinstance(one, Reference) else one
            cluster.require_component(owner, self.origin)
        for each_manifest in self.manifests:
            cluster.require_component(each_manifest.component, self.origin)
        for line in self.commands:
            require("command of Bootstrap", line, Command)
            if line.phase == "nodes" and self.machines is None:
                what = f"command {line.purpose!r}"
                why = "belongs to the nodes, which the bootstrap lacks"
                raise InvalidValue(what, why, "pass machines=", where=self.origin)
        for item in self.prerequisites:
            require("prerequisite", item, Reference, BootstrapSecret)
            if isinstance(item, Reference) and item.kind == "Secret":
                fix = "pass a BootstrapSecret, whose values are references"
                raise InvalidValue(str(item), "must not be copied", fix, where=self.origin)

    def files(self) -> Sequence[WrittenFile]:
        """Return the files; raises the error of the first release that could not be installed."""
        releases = [
            release
            for phase, parts in (("crds", self.crds), ("core", self.releases))
            for part in parts
            for release in planned(self.cluster, part, phase)
        ]
        self._check_order(releases)
        made = dict(self._contents(releases))
        folder = f"{self.cluster.name}/{FOLDER}"
        return [
            WrittenFile(f"{folder}/{name}", text.encode(), self.origin)
            for name, text in made.items()
        ]

    def _contents(self, releases: Sequence[PlannedRelease]) -> Iterator[tuple[str, str]]:
        yield "README.md", page(self._phases(releases))
        if releases:
            yield "helmfile.yaml", helmfile(releases)
        for each in releases:
            for name, text in values_of(each):
                yield f"{VALUES}/{name}", text
        objects = [*map(self._copied, self._references()), *self._secrets()]
        if objects:
            yield from _folder("prerequisites", {"objects.yaml": dump_all(objects)})
        if self.manifests:
            addresses = list(dict.fromkeys(each.address for each in self.manifests))
            yield from _folder("crds", {}, addresses)
        if last := [item for each in self.delivery for item in self._objects(each)]:
            text = dump_all([self._checked(each) for each in last])
            yield from _folder("delivery", {"objects.yaml": text})

    def _phases(self, releases: Sequence[PlannedRelease]) -> Phases:
        return Phases(
            self.cluster.name,
            self.machines,
            has_prerequisites=bool(self.prerequisites),
            has_secrets=bool(self._secrets()),
            has_crds=bool(self.manifests),
            helm=list(dict.fromkeys(each.phase for each in releases)),
            has_delivery=bool(self.delivery),
            waits=self.waits,
            commands=self.commands,
        )

    def _references(self) -> list[Reference]:
        return [each for each in self.prerequisites if isinstance(each, Reference)]

    def _secrets(self) -> list[JsonObject]:
        return [each.manifest for each in self.prerequisites if isinstance(each, BootstrapSecret)]

    def _objects(self, part: Reference | Component) -> Sequence[WrittenObject]:
        if isinstance(part, Component):
            return part.rendered()
        component = self.cluster.owner_of(part)
        found = [each for each in component.rendered() if each.identity == part.identity]
        if not found:
            why = f"is not written by component {component.name!r}: its content is unknown"
            fix = "pass an object that the component creates"
            raise InvalidReference(str(part), why, fix, where=self.origin)
        return found

    def _copied(self, reference: Reference) -> JsonObject:
        (item,) = self._objects(reference)
        return self._checked(item)

    def _checked(self, item: WrittenObject) -> JsonObject:
        if has_mark(dump(item.manifest)):
            why = "contains a placeholder, which only the delivery substitutes"
            raise InvalidValue(str(item.identity), why, where=self.origin)
        return item.manifest

    def _check_order(self, releases: Sequence[PlannedRelease]) -> None:
        """Raise GraphError for a release that requires what is missing or comes later."""
        groups = set(self.cluster.provided_groups)
        for manifest in self.manifests:
            groups |= _groups(manifest.component)
        spaces = {each.object_name for each in self._references() if each.kind == "Namespace"}
        order = list(dict.fromkeys(each.part.component for each in releases))
        done: set[Component] = set()
        for release in releases:
            component = release.part.component
            what = f"release {release.key}"
            if release.namespace not in spaces | _EXISTING:
                why = f"is in namespace {release.namespace}, which does not exist yet"
                fix = "add the namespace to prerequisites="
                raise GraphError(what, why, fix, where=self.origin)
            groups |= _groups(component)
            for group, origin in component.required_groups:
                if group not in groups:
                    why = f"requires CRDs of {group} ({origin}), which nothing before it provides"
                    fix = "add what provides them to crds="
                    raise GraphError(what, why, fix, where=self.origin)
            for edge in component.edges:
                other = edge.target.component
                if other in order and other not in done and other is not component:
                    name = getattr(other, "name", "")
                    why = f"requires component {name!r}, which comes later"
                    raise GraphError(what, why, "change the order", where=self.origin)
            done.add(component)


def _part(release: _Release) -> BootstrapRelease:
    if isinstance(release, BootstrapRelease):
        return release
    return BootstrapRelease(require("release", release, Component))


def _groups(component: Component) -> set[str]:
    """Return the API groups whose CRDs a component provides."""
    return {group for each in component.provisions for group in each.groups}


def _folder(
    name: str, files: Mapping[str, str], resources: Sequence[str] = ()
) -> Iterator[tuple[str, str]]:
    """Yield the files of a folder for Kustomize."""
    yield f"{name}/kustomization.yaml", dump({**_LIST, "resources": [*resources, *files]})
    for file, text in files.items():
        yield f"{name}/{file}", text
