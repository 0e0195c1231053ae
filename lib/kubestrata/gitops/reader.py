"""Traversal of a cluster's Kustomizations and Applications, from its start."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar

from kubestrata.core.api_scope import is_cluster_scoped
from kubestrata.core.envsubst import EnvsubstError, expand
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Manifest, mapping, sequence
from kubestrata.core.substitution import substitute
from kubestrata.gitops import resource_set
from kubestrata.gitops.argo import applications
from kubestrata.gitops.artifact import artifact_folder
from kubestrata.gitops.artifact_view import ArtifactView
from kubestrata.gitops.closure import list_of
from kubestrata.gitops.disk import join
from kubestrata.gitops.document import Repository, TreeDocument, fault
from kubestrata.gitops.file_list import is_remote
from kubestrata.gitops.instance import Sync, sync_of
from kubestrata.gitops.kubectl import Builder
from kubestrata.gitops.provided import remote_note
from kubestrata.gitops.rendered import Rendered, chooses, described, overlay_of, render
from kubestrata.gitops.source import Home, Sources
from kubestrata.gitops.variables import Known
from kubestrata.rules.api_group import KUSTOMIZE
from kubestrata.rules.dependency import depends_on
from kubestrata.rules.placeholders import is_switched_off
from kubestrata.rules.subject import Listed, Subject, Unit, Unjudged
from kubestrata.rules.violation import Finding, Location

_MOST_UNITS = 20_000
_DELIVERIES = (KUSTOMIZE, "argoproj.io", "fluxcd.controlplane.io")
"""Groups of objects that are followed even where the folder of theirs cannot be built."""
_Note = TypeVar("_Note", Listed, Finding, Unjudged)
_Children: TypeAlias = tuple[Sequence[Subject], Identity | None]
"""Objects that may apply more, and the Kustomization that applies them."""


@dataclass(frozen=True, slots=True)
class Start:
    """The begin of a cluster: the folders that are applied first.

    `owner` is the object that applies the only folder again and again, None if they are applied
    from outside. Of `flat` folders only the files themselves are applied.
    """

    name: str
    folders: tuple[str, ...]
    owner: TreeDocument | None = None
    flat: bool = False


_Job: TypeAlias = tuple[Repository, str, dict[str, Any], bool, bool]


@dataclass
class Renderer:
    """Renderer of folders, each once for all clusters that share it."""

    disk: Repository
    _builder: Builder = field(default_factory=Builder)
    _known: dict[tuple[int, str, str, bool, bool], Rendered] = field(
        default_factory=dict[tuple[int, str, str, bool, bool], Rendered]
    )
    _views: dict[str | None, ArtifactView] = field(default_factory=dict[str | None, ArtifactView])

    def view(self, ignore: str | None) -> ArtifactView:
        """Return the repository as in the artifact of a source with this `spec.ignore`."""
        if ignore not in self._views:
            self._views[ignore] = ArtifactView(self.disk, ignore)
        return self._views[ignore]

    def __call__(
        self,
        folder: str,
        overlay: dict[str, Any],
        *,
        disk: Repository | None = None,
        recurse: bool = True,
        kustomized: bool = True,
    ) -> Rendered:
        """Return the objects of a folder."""
        job = (disk or self.disk, folder, overlay, recurse, kustomized)
        key = _key(job)
        if key not in self._known:
            self._known[key] = self._made(job)
        return self._known[key]

    def prepare(self, jobs: Iterable[_Job]) -> None:
        """Render several folders at once, one process for each core."""
        new = {_key(job): job for job in jobs if _key(job) not in self._known}
        workers = min(len(new), os.cpu_count() or 1)
        if workers > 1:
            with ThreadPoolExecutor(workers) as pool:
                for key, made in zip(new, pool.map(self._made, new.values()), strict=True):
                    self._known[key] = made

    def _made(self, job: _Job) -> Rendered:
        disk, folder, overlay, recurse, kustomized = job
        try:
            return render(
                disk,
                folder,
                overlay,
                builder=self._builder,
                recurse=recurse,
                kustomized=kustomized,
            )
        except (MemoryError, RecursionError) as error:
            why = f"is too large or too deep to be rendered ({type(error).__name__})"
            found = fault(folder or ".", 1, why, "split it")
            return Rendered([], set(), complete=False, faults=[found])

    def folder(self, path: object, base: str = "") -> str | None:
        """Return the folder at a path in a manifest, None if there is none.

        The folder that is read may be only a part of the repository.
        """
        wanted = join(base, str(path or ".").lstrip("/"))
        parts = wanted.split("/")
        if parts[0] == "..":
            return None
        for cut in range(len(parts) + 1):
            tail = "/".join(parts[cut:])
            if cut and list(self.disk.root.parts[-cut:]) != parts[:cut]:
                continue
            if self.disk.is_folder(tail):
                return tail
        return None


def _key(job: _Job) -> tuple[int, str, str, bool, bool]:
    disk, folder, overlay, recurse, kustomized = job
    return id(disk), folder, json.dumps(overlay, sort_keys=True, default=str), recurse, kustomized


@dataclass
class ClusterReader:
    """The objects that one cluster reconciles, as far as they were read.

    `elsewhere` are the objects that it applies to other clusters, by the name of the cluster.
    """

    render: Renderer
    sources: Sources
    known: Known
    scopes: Mapping[tuple[str, str], bool]
    """Group and kind -> True if namespaced, of the CustomResourceDefinitions in the repository."""
    subjects: list[Subject] = field(default_factory=list[Subject])
    units: dict[Identity, Unit] = field(default_factory=dict[Identity, Unit])
    listed: list[Listed] = field(default_factory=list[Listed])
    faults: list[Finding] = field(default_factory=list[Finding])
    unreplaced: list[Finding] = field(default_factory=list[Finding])
    unjudged: list[Unjudged] = field(default_factory=list[Unjudged])
    reached: set[str] = field(default_factory=set[str])
    followed: set[str] = field(default_factory=set[str])
    """The folders that were rendered completely."""
    by_identity: dict[Identity, Subject] = field(default_factory=dict[Identity, Subject])
    unbuilt: set[Identity] = field(default_factory=set[Identity])
    """Objects of folders that cannot be built here, and those that an instance makes."""
    elsewhere: dict[str, list[Subject]] = field(default_factory=dict[str, list[Subject]])
    _noted: set[Listed | Finding | Unjudged] = field(
        default_factory=set[Listed | Finding | Unjudged]
    )
    _generators: list[Subject] = field(default_factory=list[Subject])

    def start(self, start: Start) -> None:
        """Read the cluster."""
        owner = None if start.owner is None else self._owner(start.owner)
        objects: list[Subject] = []
        if owner is None:
            for folder in start.folders:
                rendered = self._first(folder, start)
                owner = self._applying(rendered, start)
                if owner is not None:
                    break
                objects += self._take(rendered, None)
        if owner is not None:
            self.sources.own.add(self.sources.reference(owner))
            if children := self._follow(owner, None, self._job_of(owner)):
                self._follow_all(children)
            return
        units = [each for each in objects if _is_kustomization(each)]
        self.sources.own |= self.sources.likely(units, self.by_identity)
        self._follow_all((objects, None))

    def _first(self, folder: str, start: Start) -> Rendered:
        disk = self.render.view(None)
        rendered = self.render(folder, {}, disk=disk, recurse=not start.flat)
        if rendered.complete and not start.flat:
            self.followed.add(folder)
        return rendered

    def _applying(self, rendered: Rendered, start: Start) -> Subject | None:
        """Return the Kustomization in the first folder that applies this very folder."""
        if len(start.folders) > 1:
            return None
        made = (self._subject(each, None) for each in rendered.documents)
        return next(
            (
                each
                for each in made
                if _is_kustomization(each)
                and self.render.folder(each.spec.get("path")) == start.folders[0]
            ),
            None,
        )

    def _owner(self, document: TreeDocument) -> Subject | None:
        """Return the Kustomization that applies the first folder; an Application has none."""
        sync = sync_of(document.manifest)
        if sync is not None:
            return self._synchronized(sync, document.place)
        if str(document.manifest.get("apiVersion")).startswith(f"{KUSTOMIZE}/"):
            return self._subject(document, None)
        return None

    def _synchronized(self, sync: Sync, place: Location) -> Subject:
        """Return the Kustomization of an instance; the Flux Operator makes it and its source."""
        source, kustomization = (
            self._subject(TreeDocument(each, place), None) for each in sync.manifests()
        )
        self.by_identity.setdefault(source.identity, source)
        self.unbuilt |= {source.identity, kustomization.identity}
        return kustomization

    def _take(
        self, rendered: Rendered, unit: Subject | None, home: Identity | None = None
    ) -> tuple[Subject, ...]:
        """Add the objects of a folder; problems of shared files are reported once.

        Variables are those of `unit`; `home` is the Kustomization of objects without variables.
        """
        made = tuple(self._subject(each, unit) for each in rendered.documents)
        if home is not None:
            made = tuple(replace(each, unit=home) for each in made)
        target = _other_cluster(unit) if unit is not None else None
        if target is None:
            self.subjects += made
        else:
            self.elsewhere.setdefault(target, []).extend(made)
        for each in made if target is None else ():
            self.by_identity.setdefault(each.identity, each)
            if each.identity.kind == "ArtifactGenerator":
                self._generators.append(each)
        self.reached |= rendered.files
        space = None if unit is None else unit.spec.get("targetNamespace")
        followed: list[Subject] = []
        for document in rendered.unbuilt:
            one = self._subject(document, unit)
            self.unbuilt |= {one.identity, identity_of(document.manifest)}
            if isinstance(space, str):
                self.unbuilt.add(one.identity._replace(namespace=space))
            if one.identity.group in _DELIVERIES:
                followed.append(one)
        self._note(rendered)
        return (*made, *followed)

    def _note(self, rendered: Rendered) -> None:
        self.listed += self._new(rendered.listed)
        self.faults += self._new(rendered.faults)
        self.unjudged += self._new(rendered.unjudged)

    def _new(self, found: Sequence[_Note]) -> list[_Note]:
        new = [each for each in dict.fromkeys(found) if each not in self._noted]
        self._noted.update(new)
        return new

    def _subject(self, document: TreeDocument, unit: Subject | None) -> Subject:
        """Return an object as its Kustomization applies it, with the values of variables."""
        manifest, place = document.manifest, document.place
        home = None if unit is None else unit.identity
        made = Subject(
            self._identity(manifest), manifest, place, home, place.file, document.encrypted
        )
        lookup = None if unit is None else self.known.lookup(unit, self.by_identity)
        if lookup is None or document.encrypted or is_switched_off(made):
            return made
        filled = substitute(manifest, lookup)
        for path, text in filled.broken.items():
            shown = "a variable" if made.is_secret else text
            fix = "quote it together with other text, or change its value"
            found = made.finding(path, f"the value of {shown} makes the YAML invalid", fix)
            self.unreplaced += self._new([found])
        if filled.manifest == manifest:
            return replace(made, written=manifest, is_open=filled.is_open)
        return replace(
            made,
            identity=self._identity(filled.manifest),
            manifest=filled.manifest,
            written=manifest,
            retyped=filled.retyped,
            is_open=filled.is_open,
        )

    def _identity(self, manifest: Manifest) -> Identity:
        """Return the identity; the API server clears the namespace of cluster-scoped objects."""
        found = identity_of(manifest)
        if not found.namespace:
            return found
        namespaced = self.scopes.get((found.group, found.kind))
        if namespaced is None:
            namespaced = not is_cluster_scoped(found.group, found.kind)
        return found if namespaced else found._replace(namespace="")

    def _follow_all(self, first: _Children) -> None:
        """Follow objects to the folders that they apply, recursively."""
        pending = [self._visit(first)]
        while pending:
            deeper = next(pending[-1], None)
            if deeper is None:
                pending.pop()
            else:
                pending.append(self._visit(deeper))

    def _visit(self, children: _Children) -> Iterator[_Children]:
        objects, parent = children
        jobs = {each.identity: self._job_of(each) for each in objects if _is_kustomization(each)}
        wanted = [job for identity, job in jobs.items() if identity not in self.units]
        self.render.prepare(
            (job.disk, job.folder, job.overlay, True, True)
            for job in wanted
            if job.folder is not None
        )
        for each in objects:
            if _is_kustomization(each):
                if found := self._follow(each, parent, jobs[each.identity]):
                    yield found
            else:
                yield from self._applied_by(each, parent)

    def _applied_by(self, each: Subject, parent: Identity | None) -> Iterator[_Children]:
        kind = (each.identity.group, each.identity.kind)
        if kind[0] == "argoproj.io":
            yield from self._application(each, parent)
        elif kind == resource_set.KIND:
            yield self._take(resource_set.rendered(each), None, parent), parent
        elif (sync := sync_of(each.manifest)) is not None:
            yield (self._synchronized(sync, each.place),), parent

    def _is_new(self, subject: Subject) -> bool:
        """Return True if a Kustomization is new; a patch may generate new ones endlessly."""
        if subject.identity in self.units:
            return False
        if len(self.units) < _MOST_UNITS:
            return True
        why = f"more than {_MOST_UNITS} Kustomizations and Applications: this one was not checked"
        fix = "check the parts of the tree one by one, with --root"
        self.faults.append(subject.finding("", why, fix))
        return False

    def _job_of(self, subject: Subject) -> _UnitJob:
        """Return how to render the folder of a Kustomization."""
        spec, found = subject.spec, self._resolved(subject)
        if found.folder is None:
            return found
        components, missing, faults = self._components(subject, found)
        overlay = overlay_of({**spec, "components": components})
        return replace(found, overlay=overlay, listed=missing, faults=(*found.faults, *faults))

    def _follow(self, subject: Subject, parent: Identity | None, job: _UnitJob) -> _Children | None:
        """Take the objects of the folder that a Kustomization applies."""
        if not self._is_new(subject):
            return None
        self.listed += self._new(job.listed)
        self.faults += self._new(job.faults)
        self.unjudged += self._new(job.notes)
        self._refuse_names(subject)
        if job.folder is None:
            self.units[subject.identity] = _unit(subject, parent, (), complete=False)
            return None
        rendered = self.render(job.folder, job.overlay, disk=job.disk)
        self.units[subject.identity] = _unit(subject, parent, (), complete=rendered.complete)
        objects = self._take(rendered, subject)
        unit = _unit(subject, parent, objects, complete=rendered.complete)
        self.units[subject.identity] = unit
        if rendered.complete:
            self.followed.add(job.folder)
            self._patches(subject, [*rendered.sources, *rendered.documents])
        return (objects, subject.identity) if _other_cluster(subject) is None else None

    def _refuse_names(self, subject: Subject) -> None:
        """Report variables whose names Flux refuses."""
        for path, name, from_source in self.known.invalid_names(subject, self.by_identity):
            why = f"{name!r} is not a valid variable name: must be letters, digits and '_'"
            found = from_source.finding(path, why, "rename it")
            self.unreplaced += self._new([found])

    def _components(
        self, subject: Subject, job: _UnitJob
    ) -> tuple[list[str], tuple[Listed, ...], tuple[Finding, ...]]:
        """Return the components that a Kustomization adds to its folder, if they are available."""
        good: list[str] = []
        listed: list[Listed] = []
        faults: list[Finding] = []
        for index, each in enumerate(sequence(subject.spec.get("components"))):
            entry, at = str(each), f"spec.components[{index}]"
            if is_remote(entry) or entry.startswith("/"):
                why = f"{entry} is not a relative path: components must be in the same source"
                faults.append(subject.finding(at, why))
            elif list_of(job.disk, join(job.folder or "", entry)) is not None:
                good.append(entry)
            elif subject.spec.get("ignoreMissingComponents") is not True and "${" not in entry:
                listed.append(Listed(subject.identity, subject.place, at, entry, "missing"))
        return good, tuple(listed), tuple(faults)

    def _application(self, subject: Subject, parent: Identity | None) -> Iterator[_Children]:
        for made, folder, recurse in applications(self.render.disk, subject, self.listed):
            if not self._is_new(made):
                continue
            unit = Unit(made, (), parent, (), folder is not None)
            self.units[made.identity] = unit
            if made is not subject:
                self.subjects.append(made)
                self.by_identity.setdefault(made.identity, made)
            if folder is None:
                why = "is a chart, or is in another repository"
                self.unjudged.append(Unjudged(str(made.identity), why, made.place))
                continue
            rendered = self.render(folder, {}, recurse=recurse, kustomized=False)
            objects = self._take(rendered, made)
            self.units[made.identity] = replace(unit, objects=objects, complete=rendered.complete)
            if rendered.complete:
                self.followed.add(folder)
            yield objects, made.identity

    def _resolved(self, subject: Subject) -> _UnitJob:
        """Return the folder of a Kustomization, or why it is not followed."""
        reference = mapping(subject.spec.get("sourceRef"))
        name, path = str(reference.get("name", "")), subject.spec.get("path")
        nowhere = _UnitJob(self.render.disk)
        if "${" in str(path or ""):
            path = self._default_path(str(path))
            if path is None:
                what = f"{subject.identity}: path {subject.spec.get('path')}"
                why = "has variables whose values are not known"
                return replace(nowhere, notes=(Unjudged(what, why, subject.place),))
        if reference.get("kind") == "ExternalArtifact":
            copied = artifact_folder(self.render.disk, self._generators, name, str(path or "."))
            if copied is None:
                note = Unjudged(f"artifact {name}", "no generator creates it", subject.place)
                return replace(nowhere, notes=(note,))
            path, generator, alias = copied
            source = self.sources.of_alias(generator, alias, self.by_identity)
        else:
            folder = self.render.folder(path)
            source = self.sources.of(subject, here=folder not in (None, ""), read=self.by_identity)
        if source.home is Home.ELSEWHERE:
            return replace(nowhere, notes=(remote_note(subject, source.address),))
        folder = self.render.folder(path, source.base)
        disk = self.render.view(source.ignore)
        if source.home is Home.UNDECLARED and not folder:
            # R07 reports the source.
            return nowhere
        if folder is None:
            found = subject.finding("spec.path", f"folder {path} does not exist")
            return replace(nowhere, faults=(found,))
        if not disk.is_folder(folder):
            why = "is a symbolic link" if disk.absence(folder) == "link" else "is ignored"
            message = f"folder {path} {why}, so it is not in the artifact"
            return replace(nowhere, faults=(subject.finding("spec.path", message),))
        return _UnitJob(disk, folder)

    def _default_path(self, path: str) -> str | None:
        """Return a path whose variables all have defaults, None for another one."""
        try:
            filled = expand(path, lambda _: None)
        except EnvsubstError:
            return None
        return None if "${" in filled else filled

    def _patches(self, subject: Subject, documents: Sequence[TreeDocument]) -> None:
        for index, patch in enumerate(sequence(subject.spec.get("patches"))):
            target = mapping(mapping(patch).get("target"))
            if target and not chooses(target, documents):
                at, said = f"spec.patches[{index}].target", described(target)
                self.listed.append(Listed(subject.identity, subject.place, at, said, "unmatched"))


@dataclass(frozen=True)
class _UnitJob:
    """The folder that a Kustomization applies, None if it is not followed, and what was found."""

    disk: Repository
    folder: str | None = None
    overlay: dict[str, Any] = field(default_factory=dict[str, Any])
    listed: tuple[Listed, ...] = ()
    faults: tuple[Finding, ...] = ()
    notes: tuple[Unjudged, ...] = ()


def _is_kustomization(subject: Subject) -> bool:
    return (subject.identity.group, subject.identity.kind) == (KUSTOMIZE, "Kustomization")


def _other_cluster(unit: Subject) -> str | None:
    """Return the cluster to which a Kustomization applies its objects; None for its own.

    Its name is that of the Secret with the kubeconfig.
    """
    config = mapping(unit.spec.get("kubeConfig"))
    named = mapping(config.get("secretRef")) or mapping(config.get("configMapRef"))
    name = str(named.get("name") or "")
    return name.removesuffix("-kubeconfig") or None


def _unit(
    subject: Subject, parent: Identity | None, objects: tuple[Subject, ...], *, complete: bool
) -> Unit:
    return Unit(subject, depends_on(subject), parent, objects, complete)
