"""Traversal of a cluster's Kustomizations and Applications, from its start."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from msgspec.structs import replace

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import mapping, sequence
from kubestrata.gitops import resource_set
from kubestrata.gitops.applied import Applied, AppliedFolder
from kubestrata.gitops.argo import ArgoReader, is_skipped
from kubestrata.gitops.argo_chart import release_objects
from kubestrata.gitops.delivered_object import (
    Scopes,
    in_namespace,
    in_unit,
    object_of,
    substituted,
)
from kubestrata.gitops.document import TreeDocument
from kubestrata.gitops.folder_builder import FolderBuilder
from kubestrata.gitops.instance import Sync, sync_of
from kubestrata.gitops.patch_target import chooses, described
from kubestrata.gitops.rendered import BuiltFolder
from kubestrata.gitops.resource_input import PROVIDER
from kubestrata.gitops.source import Sources
from kubestrata.gitops.unit_folder import UnitFolder, UnitFolders
from kubestrata.gitops.variables import Known
from kubestrata.rules.api_group import ARGO, FLUX_OPERATOR, HELM, KUSTOMIZE
from kubestrata.rules.dependency import depends_on
from kubestrata.rules.subject import Listed, Subject, Unchecked, Unit
from kubestrata.rules.violation import Finding, Location

_MOST_UNITS = 20_000
_DELIVERIES = (KUSTOMIZE, ARGO, FLUX_OPERATOR)
"""Groups of objects that are followed even where the folder of theirs cannot be built."""
_Item = TypeVar("_Item")
_Note = TypeVar("_Note", Listed, Finding, Unchecked)
_Children: TypeAlias = tuple[Sequence[Subject], Identity | None]
"""Objects that may apply more, and the Kustomization that applies them."""


class Start(Frozen):
    """The begin of a cluster: the folders that are applied first.

    `owner` is the object that applies the only folder again and again, None if they are applied
    from outside. Of `flat` folders only the files themselves are applied.
    """

    name: str
    folders: tuple[str, ...]
    owner: TreeDocument | None = None
    flat: frozenset[str] = frozenset()


@dataclass
class ClusterReader:
    """The objects that one cluster reconciles, as far as they were read.

    `others` are the clusters to which it delivers, by their names. `is_partial` is True for one of
    which only a part is known: Flux delivers to it from another one.
    """

    render: FolderBuilder
    sources: Sources
    known: Known
    scopes: Scopes
    subjects: list[Subject] = field(default_factory=list[Subject])
    units: dict[Identity, Unit] = field(default_factory=dict[Identity, Unit])
    listed: list[Listed] = field(default_factory=list[Listed])
    faults: list[Finding] = field(default_factory=list[Finding])
    unreplaced: list[Finding] = field(default_factory=list[Finding])
    unchecked: list[Unchecked] = field(default_factory=list[Unchecked])
    reached: set[str] = field(default_factory=set[str])
    followed: set[str] = field(default_factory=set[str])
    """The folders that were rendered completely."""
    by_identity: dict[Identity, Subject] = field(default_factory=dict[Identity, Subject])
    unbuilt: set[Identity] = field(default_factory=set[Identity])
    """Objects of folders that cannot be built here, and those that an instance makes."""
    others: dict[str, ClusterReader] = field(default_factory=dict[str, "ClusterReader"])
    is_partial: bool = False
    unexpanded: list[Subject] = field(default_factory=list[Subject])
    perhaps: set[str] = field(default_factory=set[str])
    """The folders of which it is not known what is applied."""
    _noted: set[Listed | Finding | Unchecked] = field(
        default_factory=set[Listed | Finding | Unchecked]
    )
    _generators: list[Subject] = field(default_factory=list[Subject])
    _sets: list[tuple[Subject, Identity | None]] = field(
        default_factory=list[tuple[Subject, Identity | None]]
    )
    """ResourceSets that are not rendered yet, and the units that apply them."""
    _begun: set[str] = field(default_factory=set[str])
    """Folders with which the cluster begins, applied by no Kustomization that is known yet."""
    _argo: ArgoReader | None = None

    @property
    def own_repository(self) -> str:
        """Return the repository that is read as Applications name it, '' if it is unknown."""
        return "" if self._argo is None else self._argo.own

    @property
    def _folders(self) -> UnitFolders:
        return UnitFolders(self.render, self.sources, self._generators, self.by_identity)

    def start(self, start: Start) -> None:
        """Read the cluster."""
        owner = None if start.owner is None else self._owner(start.owner)
        if owner is None and start.owner is not None:
            application = self._subject(start.owner, None)
            argo = ArgoReader.of(self.render, [application])
            if all(not each.destination for each in argo.applications(application)):
                self._argo = argo
                self._follow_all(((application,), None))
                return
        objects: list[Subject] = []
        if owner is None:
            for folder in start.folders:
                rendered = self._first(folder, start)
                owner = self._applying(rendered, start)
                if owner is not None:
                    break
                objects += self.take(rendered, None)
        if owner is not None:
            self.sources.own.add(self.sources.reference(owner))
            if children := self._follow(owner, None, self._folders.of(owner)):
                self._follow_all(children)
            return
        self._begun |= {*start.folders}
        units = [each for each in objects if _is_kustomization(each)]
        self.sources.own |= self.sources.likely(units, self.by_identity)
        self._follow_all((objects, None))

    def follow(self, applications: Sequence[Subject], own: str) -> None:
        """Read what further Applications apply, which charts make; `own` is the repository."""
        self.by_identity |= {each.identity: each for each in applications}
        found = ArgoReader.of(self.render, applications)
        self._argo = replace(found, own=own or found.own)
        for each in applications:
            self._follow_all(((each,), each.unit))

    def _first(self, folder: str, start: Start) -> BuiltFolder:
        choice = AppliedFolder(folder, plain=True, by_hand=True) if folder in start.flat else None
        rendered = self.render(folder, {}, disk=self.render.view(None), applied=choice)
        if rendered.complete and folder not in start.flat:
            self.followed.add(folder)
        return rendered

    def _applying(self, rendered: BuiltFolder, start: Start) -> Subject | None:
        """Return the Kustomization in the first folder that applies this very folder."""
        if len(start.folders) > 1:
            return None
        first = start.folders[0] if start.folders else None
        made = (self._subject(each, None) for each in rendered.documents)
        return next(
            (
                each
                for each in made
                if _is_kustomization(each) and self.render.folder(each.spec.get("path")) == first
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
            self._subject(TreeDocument(each, place), None)
            for each in (sync.source, sync.kustomization)
        )
        notes = [Unchecked(f"a patch of {source.identity}", why, place) for why in sync.unapplied]
        self.unchecked += self._new(notes)
        self.by_identity.setdefault(source.identity, source)
        self.unbuilt |= {source.identity, kustomization.identity}
        return kustomization

    def take(
        self, rendered: BuiltFolder, unit: Subject | None, home: Identity | None = None
    ) -> tuple[Subject, ...]:
        """Add the objects of a folder; problems of shared files are reported once.

        Variables are those of `unit`; `home` is the Kustomization of objects without variables.
        """
        made = tuple(self._subject(each, unit) for each in rendered.documents)
        if home is not None:
            fills = home.group == ARGO
            made = tuple(in_unit(each, home, self.scopes, fills=fills) for each in made)
        self.subjects += made
        for each in made:
            self.by_identity.setdefault(each.identity, each)
            if each.identity.kind == "ArtifactGenerator":
                self._generators.append(each)
        self.reached |= rendered.files
        self.perhaps |= rendered.left_out
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

    def _note(self, rendered: BuiltFolder) -> None:
        self.listed += self._new(rendered.listed)
        self.faults += self._new(rendered.faults)
        self.unchecked += self._new(rendered.unchecked)

    def _new(self, found: Sequence[_Note]) -> list[_Note]:
        new = [each for each in dict.fromkeys(found) if each not in self._noted]
        self._noted.update(new)
        return new

    def _subject(self, document: TreeDocument, unit: Subject | None) -> Subject:
        """Return an object as its Kustomization applies it, with the values of variables."""
        made = object_of(document, None if unit is None else unit.identity, self.scopes)
        lookup = None if unit is None else self.known.lookup(unit, self.by_identity)
        filled, problems = substituted(made, lookup, self.scopes)
        self.unreplaced += self._new(problems)
        return filled

    def _follow_all(self, first: _Children) -> None:
        """Follow objects to the folders that they apply, recursively."""
        pending = [self._visit(first)]
        while pending:
            deeper = next(pending[-1], None)
            if deeper is not None:
                pending.append(self._visit(deeper))
                continue
            pending.pop()
            if not pending and self._sets:
                # Their inputs may come from anywhere in the cluster.
                found = (self._set(*each) for each in _emptied(self._sets))
                pending += [self._visit(each) for each in found if each is not None]

    def _visit(self, children: _Children) -> Iterator[_Children]:
        objects, parent = children
        folders = self._folders
        jobs = {each.identity: folders.of(each) for each in objects if _is_kustomization(each)}
        wanted = [job for identity, job in jobs.items() if identity not in self.units]
        self.render.prepare(
            (job.disk, job.folder, job.overlay, None) for job in wanted if job.folder is not None
        )
        for each in objects:
            if _is_kustomization(each):
                if found := self._follow(each, parent, jobs[each.identity]):
                    yield found
            else:
                yield from self._applied_by(each, parent)

    def _applied_by(self, each: Subject, parent: Identity | None) -> Iterator[_Children]:
        kind = (each.identity.group, each.identity.kind)
        if kind[0] == ARGO:
            yield from self._application(each, parent)
        elif kind == (HELM, "HelmRelease") and (objects := release_objects(each)):
            yield self.take(BuiltFolder(list(objects), set(), complete=True), None, parent), parent
        elif kind == resource_set.KIND:
            self._sets.append((each, parent))
        elif (sync := sync_of(each.manifest)) is not None:
            made = self._synchronized(sync, each.place)
            # An instance that a cluster reconciles itself applies what the cluster begins with.
            if self.render.folder(sync.path) not in self._begun:
                yield (made,), parent

    def _set(self, subject: Subject, parent: Identity | None) -> _Children | None:
        """Add the objects of a ResourceSet, which the Flux Operator applies together."""
        if not self._is_new(subject):
            return None
        kind = (resource_set.KIND[0], PROVIDER)
        providers = [
            each
            for each in self.by_identity.values()
            if (each.identity.group, each.identity.kind) == kind
        ]
        made = resource_set.rendered(subject, providers)
        objects = self.take(made, None, subject.identity)
        self.units[subject.identity] = Unit(subject, (), parent, objects, made.complete)
        return objects, subject.identity

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

    def _follow(
        self, subject: Subject, parent: Identity | None, job: UnitFolder
    ) -> _Children | None:
        """Take the objects of the folder that a Kustomization applies."""
        if not self._is_new(subject):
            return None
        self.listed += self._new(job.listed)
        self.faults += self._new(job.faults)
        self.unchecked += self._new(job.notes)
        self._refuse_names(subject)
        if job.folder is None:
            # Of a folder that does not exist nothing is applied.
            self.units[subject.identity] = _unit(subject, parent, (), complete=bool(job.faults))
            return None
        rendered = self.render(job.folder, job.overlay, disk=job.disk)
        self.units[subject.identity] = _unit(subject, parent, (), complete=rendered.complete)
        if rendered.complete:
            self.followed.add(job.folder)
            self._patches(subject, subject.spec, "spec", [*rendered.sources, *rendered.documents])
        target = _other_cluster(subject)
        if target is not None:
            self._send(subject, rendered, target)
            return None
        objects = self.take(rendered, subject)
        self.units[subject.identity] = _unit(subject, parent, objects, complete=rendered.complete)
        return objects, subject.identity

    def _send(self, subject: Subject, rendered: BuiltFolder, target: str) -> None:
        """Add the objects of a Kustomization to the cluster to which it applies them."""
        self.known.lookup(subject, self.by_identity)  # the variables are those of this cluster
        other = self._cluster(target)
        other.is_partial = True
        objects = other.take(rendered, subject)
        other.units[subject.identity] = _unit(subject, None, objects, complete=rendered.complete)
        self.reached |= rendered.files

    def _refuse_names(self, subject: Subject) -> None:
        """Report variables whose names Flux refuses."""
        for path, name, from_source in self.known.invalid_names(subject, self.by_identity):
            why = f"{name!r} is not a valid variable name: must be letters, digits and '_'"
            found = from_source.finding(path, why, "rename it")
            self.unreplaced += self._new([found])

    def _application(self, subject: Subject, parent: Identity | None) -> Iterator[_Children]:
        """Follow an Application or a set to the folders that it applies, on their clusters."""
        for applied in self._argo_reader().applications(subject):
            made, cluster = applied.subject, self._cluster(applied.destination)
            if made.identity.kind == "ApplicationSet":
                self._note_applied(applied)
            elif cluster is not self:
                if cluster.deliver(applied, parent):
                    self._note_applied(applied)
            elif self._is_new(made):
                self._note_applied(applied)
                yield self._apply(applied, parent)
            else:
                continue
            if made.identity not in self.by_identity:
                self.subjects.append(made)
                self.by_identity[made.identity] = made

    def _note_applied(self, applied: Applied) -> None:
        """Add the problems of an Application or a set itself."""
        self.listed += self._new(applied.listed)
        self.faults += self._new(applied.faults)
        self.unchecked += self._new(applied.notes)
        self.reached |= applied.read
        self.perhaps.update(applied.perhaps)
        self.unexpanded += [applied.subject] if applied.unknown else []

    def deliver(self, applied: Applied, parent: Identity | None) -> bool:
        """Add what an Application of another cluster applies here; return False if it is known."""
        if not self._is_new(applied.subject):
            return False
        self._follow_all(self._apply(applied, parent))
        return True

    def _argo_reader(self) -> ArgoReader:
        if self._argo is None:
            first = [each for each in self.subjects if each.identity.group == ARGO]
            self._argo = ArgoReader.of(self.render, first)
        return self._argo

    def _cluster(self, name: str) -> ClusterReader:
        """Return the reader of a cluster to which this one delivers; itself without a name."""
        if not name:
            return self
        if name not in self.others:
            self.others[name] = ClusterReader(
                self.render,
                self.sources,
                self.known,
                self.scopes,
                others=self.others,
                unexpanded=self.unexpanded,
                perhaps=self.perhaps,
                _noted=self._noted,
                _argo=self._argo,
            )
        return self.others[name]

    def _apply(self, applied: Applied, parent: Identity | None) -> _Children:
        """Add the objects of an Application to this cluster."""
        made, objects = applied.subject, tuple[Subject, ...]()
        complete = not (applied.notes or applied.faults)
        self.units[made.identity] = Unit(made, (), parent, (), complete)
        chart = BuiltFolder(list(applied.objects), set(), complete=True)
        choices = [(each, self.render(each.folder, {}, applied=each)) for each in applied.folders]
        for choice, rendered in [(None, chart), *choices]:
            complete = complete and rendered.complete
            if choice is not None and rendered.complete:
                self.followed |= set() if choice.include or choice.exclude else {choice.folder}
                documents = [*rendered.sources, *rendered.documents]
                self._patches(made, choice.overlay, f"{choice.at}.kustomize", documents)
            found = [
                in_namespace(each, applied.namespace, self.scopes)
                for each in rendered.documents
                if not is_skipped(each)
            ]
            objects += self.take(
                dataclasses.replace(rendered, documents=found), None, made.identity
            )
        self.units[made.identity] = Unit(made, (), parent, objects, complete)
        return objects, made.identity

    def _patches(
        self,
        subject: Subject,
        spec: Mapping[str, Any],
        path: str,
        documents: Sequence[TreeDocument],
    ) -> None:
        for index, patch in enumerate(sequence(spec.get("patches"))):
            target = mapping(mapping(patch).get("target"))
            if target and not chooses(target, documents):
                at, said = f"{path}.patches[{index}].target", described(target)
                self.listed.append(Listed(subject.identity, subject.place, at, said, "unmatched"))


def _emptied(found: list[_Item]) -> list[_Item]:
    """Return the items of a list, which is empty then."""
    taken = list(found)
    found.clear()
    return taken


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
