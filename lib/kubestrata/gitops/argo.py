"""Argo CD Applications and ApplicationSets: the folders that they apply."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import mapping, sequence
from kubestrata.gitops.application_set import expanded
from kubestrata.gitops.applied import Applied, AppliedFolder
from kubestrata.gitops.argo_chart import chart_objects, source_values
from kubestrata.gitops.argo_source import (
    TYPES,
    ApplicationSource,
    Destinations,
    applied_type,
    git_generators,
    is_cluster,
    is_unknown,
    known_folder,
    overridden,
    own_repository,
    repository,
    sources_of,
)
from kubestrata.gitops.closure import list_of
from kubestrata.gitops.disk import join
from kubestrata.gitops.document import Repository, TreeDocument
from kubestrata.gitops.folder_builder import FolderBuilder
from kubestrata.gitops.glob import matches_folder, matches_pathspec
from kubestrata.rules.api_group import ARGO
from kubestrata.rules.argo_sync import HOOK
from kubestrata.rules.subject import Listed, Subject, Unchecked
from kubestrata.rules.violation import Finding

_DEFAULT_REVISIONS = frozenset({"", "HEAD", "None"})


def is_argo(document: TreeDocument) -> bool:
    """Return True if a document makes Argo CD apply a folder."""
    version = str(document.manifest.get("apiVersion"))
    kinds = ("Application", "ApplicationSet")
    return version.startswith(f"{ARGO}/") and document.manifest.get("kind") in kinds


def is_skipped(document: TreeDocument) -> bool:
    """Return True if an object asks Argo CD not to apply it."""
    annotations = mapping(mapping(document.manifest.get("metadata")).get("annotations"))
    hooks = str(annotations.get(HOOK, "")).split(",")
    return "Skip" in map(str.strip, hooks)


class ArgoReader(Frozen):
    """A reader of the Applications of one Argo CD.

    `find` returns the folder at a path in a manifest; `own` is the repository that is read, ''
    if it is unknown, and `revisions` are its revisions that the first Applications use. `above` is
    the path in it of the folder that is read, '' for the whole repository.
    """

    disk: Repository
    find: Callable[[object], str | None]
    destinations: Destinations
    own: str
    revisions: frozenset[str]
    above: str = ""

    @staticmethod
    def of(render: FolderBuilder, first: Sequence[Subject]) -> ArgoReader:
        """Return the reader of an Argo CD that begins with some Applications and sets."""
        disk, find = render.disk, render.folder
        clusters = (
            each.manifest
            for path in disk.yaml_files()
            for each in disk.reading(path).documents
            if is_cluster(each.manifest)
        )
        found = [each for subject in first for each in _candidates(disk, find, subject)]
        own = own_repository(disk, ((url, here) for url, _, here in found))
        revisions = {revision for url, revision, here in found if url == own and here}
        known = _DEFAULT_REVISIONS | revisions
        above = _above(find, own, first)
        return ArgoReader(disk, find, Destinations(clusters), own, frozenset(known), above)

    def may_have(self, path: str) -> bool:
        """Return True if a path of the repository is in the part of it that is read."""
        return not self.above or f"{join('', path.lstrip('/'))}/".startswith(f"{self.above}/")

    def applications(self, subject: Subject) -> Iterator[Applied]:
        """Yield an Application, or a set and its Applications, with what they apply."""
        if subject.identity.kind == "Application":
            yield self._applied(subject)
        elif subject.identity.kind == "ApplicationSet":
            made = expanded(self.disk, subject, self.own)
            yield Applied(
                subject,
                notes=tuple(made.notes),
                faults=tuple(made.faults),
                listed=tuple(made.listed),
                read=frozenset(made.read),
                perhaps=(*made.perhaps, *made.excluded),
                unknown=made.unknown,
            )
            yield from map(self._applied, made.applications.values())

    def _applied(self, subject: Subject) -> Applied:
        spec = subject.spec
        namespace = str(mapping(spec.get("destination")).get("namespace") or "")
        made = _Application(self, subject, namespace)
        for source in sources_of(spec):
            made.add(source)
        return Applied(
            subject,
            tuple(made.folders),
            self.destinations.name_of(spec),
            namespace,
            tuple(made.notes),
            tuple(made.faults),
            tuple(made.listed),
            tuple(made.objects),
            tuple(made.perhaps),
        )


def _candidates(
    disk: Repository, find: Callable[[object], str | None], subject: Subject
) -> Iterator[tuple[str, str, bool]]:
    """Yield the repositories of an Application or a set, their revisions, and if folders exist."""
    spec = subject.spec
    template = mapping(mapping(spec.get("template")).get("spec"))
    for source in (*sources_of(spec), *sources_of(template)):
        if source.url and not is_unknown(source.path) and not source.value.get("chart"):
            here = find(source.path) is not None
            yield source.url, str(source.value.get("targetRevision") or ""), here
    for git in git_generators(spec.get("generators")):
        folders, files = disk.contents
        url, revision = repository(git.get("repoURL")), str(git.get("revision") or "")
        for kind, match, paths in (
            ("directories", matches_folder, folders),
            ("files", matches_pathspec, files),
        ):
            for each in map(mapping, sequence(git.get(kind))):
                pattern = join("", str(each.get("path")).lstrip("/"))
                if url and not is_unknown(pattern):
                    yield url, revision, bool(disk.matching(pattern, paths, match))


def _above(find: Callable[[object], str | None], own: str, first: Sequence[Subject]) -> str:
    """Return the path in the repository of the folder that is read, '' for the whole of it."""
    found: set[str] = set()
    for source in (each for subject in first for each in sources_of(subject.spec)):
        folder = None if is_unknown(source.path) else find(source.path)
        if folder is not None and source.path and source.url == own:
            path = join("", source.path.lstrip("/"))
            found.add(path.removesuffix(folder).rstrip("/"))
    return next(iter(found)) if len(found) == 1 else ""


@dataclass
class _Application:
    """Objects that one Application applies, source by source."""

    reader: ArgoReader
    subject: Subject
    namespace: str
    folders: list[AppliedFolder] = field(default_factory=list[AppliedFolder])
    notes: list[Unchecked] = field(default_factory=list[Unchecked])
    faults: list[Finding] = field(default_factory=list[Finding])
    listed: list[Listed] = field(default_factory=list[Listed])
    objects: list[TreeDocument] = field(default_factory=list[TreeDocument])
    perhaps: list[str] = field(default_factory=list[str])

    def add(self, source: ApplicationSource) -> None:
        """Add what a source applies."""
        value, own = source.value, self.reader.own
        if value.get("chart") or str(value.get("repoURL")).startswith("oci://"):
            self._chart(source, None)
        elif not source.path and not value.get("ref"):
            self._fault(source.at, "has neither a path nor a chart")
        elif not source.path:
            return
        elif own and source.url and source.url != own:
            why = f"{source.url} is another repository"
            self._note(why, of_chart=applied_type(self.reader.disk, value, None) == "helm")
        elif is_unknown(source.path):
            self._note(f"the path {source.path} is filled in elsewhere")
            self.perhaps.append(known_folder(source.path))
        elif (folder := self.reader.find(source.path)) is not None:
            name = self.subject.identity.name
            merged, unread = overridden(self.reader.disk, name, value, folder)
            for path in unread:
                self._note(f"{path} cannot be read")
            self._folder(replace(source, value=merged), folder)
        elif own and source.url and self._is_known(source):
            self._fault(f"{source.at}.path", f"folder {source.path} does not exist")
        else:
            self._note(f"its folder {source.path} is not here")

    def _is_known(self, source: ApplicationSource) -> bool:
        """Return True if the folder of a source would be here if it existed."""
        revision = str(source.value.get("targetRevision"))
        return revision in self.reader.revisions and self.reader.may_have(source.path)

    def _note(self, why: str, *, of_chart: bool = False) -> None:
        subject = self.subject
        self.notes.append(Unchecked(str(subject.identity), why, subject.place, of_chart=of_chart))

    def _fault(self, at: str, message: str) -> None:
        self.faults.append(self.subject.finding(at, message))

    def _folder(self, source: ApplicationSource, folder: str) -> None:
        """Add a folder of this repository: its type is detected, unless it is set."""
        value, disk = source.value, self.reader.disk
        types = [each for each in TYPES if value.get(each)]
        kind = applied_type(disk, value, folder)
        if len(types) > 1:
            self._fault(source.at, f"has both {' and '.join(types)}: at most one is allowed")
        elif kind == "plugin":
            self._note("a plugin renders it")
            self.perhaps.append(folder)
        elif kind == "helm":
            self._chart(source, folder)
        elif kind == "kustomize" and list_of(disk, folder) is None:
            self._fault(f"{source.at}.kustomize", f"{folder} has no kustomization.yaml")
        else:
            directory = mapping(value.get("directory"))
            self.folders.append(
                AppliedFolder(
                    folder,
                    source.at,
                    self._overlay(source, folder),
                    directory.get("recurse") is True,
                    str(directory.get("include") or ""),
                    str(directory.get("exclude") or ""),
                    plain=kind == "directory",
                    any_name=directory.get("disableExtensionFilter") is True,
                )
            )

    def _chart(self, source: ApplicationSource, folder: str | None) -> None:
        refs = {
            str(each.value.get("ref")): ""
            for each in sources_of(self.subject.spec)
            if each.value.get("ref") and (not self.reader.own or each.url == self.reader.own)
        }
        values = source_values(self.reader.disk, source.value, folder, refs)
        made = list(chart_objects(values, self.namespace, self.subject.place))
        self.objects += made
        if folder is not None:
            self.perhaps.append(folder)
            self._note(f"the chart in {folder or '.'} is not rendered", of_chart=True)
        elif not made:
            name = source.value.get("chart") or source.path or source.url
            self._note(f"the chart {name} is not rendered", of_chart=True)

    def _overlay(self, source: ApplicationSource, folder: str) -> dict[str, Any]:
        """Return the settings of Kustomize, without components that do not exist."""
        overlay = dict(mapping(source.value.get("kustomize")))
        kept: list[str] = []
        for index, each in enumerate(sequence(overlay.get("components"))):
            if list_of(self.reader.disk, join(folder, str(each))) is not None:
                kept.append(str(each))
            elif overlay.get("ignoreMissingComponents") is not True:
                at = f"{source.at}.kustomize.components[{index}]"
                by, place = self.subject.identity, self.subject.place
                self.listed.append(Listed(by, place, at, str(each), "missing"))
        return {**overlay, "components": kept} if "components" in overlay else overlay
