"""Traversal of a cluster's Kustomizations and Applications, from its root."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar

from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import mapping, sequence
from kubestrata.gitops import resource_set
from kubestrata.gitops.argo import applications
from kubestrata.gitops.artifact import artifact_folder
from kubestrata.gitops.closure import list_of
from kubestrata.gitops.disk import join
from kubestrata.gitops.document import Repository, TreeDocument, fault
from kubestrata.gitops.file_list import is_remote
from kubestrata.gitops.kubectl import Builder
from kubestrata.gitops.provided import remote_note, source_address
from kubestrata.gitops.rendered import Rendered, chooses, described, overlay_of, render
from kubestrata.rules.api_group import KUSTOMIZE
from kubestrata.rules.dependency import depends_on
from kubestrata.rules.subject import Listed, Subject, Unit, Unjudged
from kubestrata.rules.violation import Finding

_MOST_UNITS = 20_000
_Note = TypeVar("_Note", Listed, Finding, Unjudged)
_Children: TypeAlias = tuple[Sequence[Subject], Identity | None]
"""Objects that may apply more, and the Kustomization that applies them."""


@dataclass
class Renderer:
    """Renderer of folders, each once for all clusters that share it."""

    disk: Repository
    _builder: Builder = field(default_factory=Builder)
    _known: dict[tuple[str, str, bool, bool], Rendered] = field(
        default_factory=dict[tuple[str, str, bool, bool], Rendered]
    )

    def __call__(
        self,
        folder: str,
        overlay: dict[str, Any],
        *,
        recurse: bool = True,
        kustomized: bool = True,
    ) -> Rendered:
        key = (folder, json.dumps(overlay, sort_keys=True, default=str), recurse, kustomized)
        if key not in self._known:
            try:
                made = render(
                    self.disk,
                    folder,
                    overlay,
                    builder=self._builder,
                    recurse=recurse,
                    kustomized=kustomized,
                )
            except (MemoryError, RecursionError) as error:
                why = f"is too large or too deep to be rendered ({type(error).__name__})"
                found = fault(folder or ".", 1, why, "split it")
                made = Rendered([], set(), complete=False, faults=[found])
            self._known[key] = made
        return self._known[key]

    def folder(self, path: object) -> str | None:
        """Return the folder at a path in a manifest, None if there is none.

        The folder that is read may be only a part of the repository.
        """
        parts = join("", str(path or ".").lstrip("/")).split("/")
        if parts[0] == "..":
            return None
        for cut in range(len(parts) + 1):
            tail = "/".join(parts[cut:])
            if cut and list(self.disk.root.parts[-cut:]) != parts[:cut]:
                continue
            if self.disk.is_folder(tail):
                return tail
        return None


@dataclass
class ClusterReader:
    """The objects that one cluster reconciles, as far as they were read."""

    render: Renderer
    subjects: list[Subject] = field(default_factory=list[Subject])
    units: dict[Identity, Unit] = field(default_factory=dict[Identity, Unit])
    listed: list[Listed] = field(default_factory=list[Listed])
    faults: list[Finding] = field(default_factory=list[Finding])
    unjudged: list[Unjudged] = field(default_factory=list[Unjudged])
    reached: set[str] = field(default_factory=set[str])
    by_identity: dict[Identity, Subject] = field(default_factory=dict[Identity, Subject])
    own: str = ""
    _known: set[Listed | Finding | Unjudged] = field(
        default_factory=set[Listed | Finding | Unjudged]
    )
    _generators: list[Subject] = field(default_factory=list[Subject])
    _own_url: str = ""

    def take(
        self, rendered: Rendered, unit: Identity | None, variables: dict[str, Any]
    ) -> tuple[Subject, ...]:
        """Add the objects of a folder; problems of shared files are reported once."""
        made = tuple(_subject(each, unit, variables) for each in rendered.documents)
        self.subjects += made
        for each in made:
            self.by_identity.setdefault(each.identity, each)
            if each.identity.kind == "ArtifactGenerator":
                self._generators.append(each)
            if not self._own_url and each.identity.name == self._own_name and "url" in each.spec:
                self._own_url = str(each.spec["url"])
        self.reached |= rendered.files
        self.listed += self._new(rendered.listed)
        self.faults += self._new(rendered.faults)
        self.unjudged += self._new(rendered.unjudged)
        return made

    def _new(self, found: Sequence[_Note]) -> list[_Note]:
        new = [each for each in dict.fromkeys(found) if each not in self._known]
        self._known.update(new)
        return new

    def start(self, folder: str) -> None:
        """Start at a folder; a Kustomization in it that applies it is its own."""
        rendered = self.render(folder, {})
        root = next(
            (each for each in rendered.documents if _applies(self.render, each, folder)), None
        )
        if root is None:
            self._follow_all((self.take(rendered, None, {}), None))
            return
        subject = _subject(root, identity_of(root.manifest), {})
        self.own = str(mapping(subject.spec.get("sourceRef")).get("name", ""))
        if children := self._follow(subject, None):
            self._follow_all(children)

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
        for each in objects:
            yield from self._applied_by(each, parent)

    def _applied_by(self, each: Subject, parent: Identity | None) -> Iterator[_Children]:
        kind = (each.identity.group, each.identity.kind)
        if kind == (KUSTOMIZE, "Kustomization"):
            if children := self._follow(each, parent):
                yield children
        elif kind[0] == "argoproj.io":
            yield from self._application(each, parent)
        elif kind == resource_set.KIND:
            yield self.take(resource_set.rendered(each), parent, {}), parent

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

    def _follow(self, subject: Subject, parent: Identity | None) -> _Children | None:
        """Render the folder that a Kustomization applies."""
        if not self._is_new(subject):
            return None
        spec = subject.spec
        folder = self._folder_of(subject)
        if folder is None:
            self.units[subject.identity] = _unit(subject, parent, (), complete=False)
            return None
        overlay = overlay_of({**spec, "components": self._components(subject, folder)})
        rendered = self.render(folder, overlay)
        self.units[subject.identity] = _unit(subject, parent, (), complete=rendered.complete)
        values = mapping(mapping(spec.get("postBuild")).get("substitute"))
        objects = self.take(rendered, subject.identity, values)
        unit = _unit(subject, parent, objects, complete=rendered.complete)
        self.units[subject.identity] = unit
        if rendered.complete:
            self._patches(subject, [*rendered.sources, *rendered.documents])
        return objects, subject.identity

    def _components(self, subject: Subject, folder: str) -> list[str]:
        """Return the components that a Kustomization adds to its folder, if they are available."""
        good: list[str] = []
        for index, each in enumerate(sequence(subject.spec.get("components"))):
            entry, at = str(each), f"spec.components[{index}]"
            if is_remote(entry) or entry.startswith("/"):
                why = f"{entry} is not a relative path: components must be in the same source"
                self.faults.append(subject.finding(at, why))
            elif list_of(self.render.disk, join(folder, entry)) is not None:
                good.append(entry)
            elif subject.spec.get("ignoreMissingComponents") is not True:
                self.listed.append(Listed(subject.identity, subject.place, at, entry, "missing"))
        return good

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
            objects = self.take(rendered, made.identity, {})
            self.units[made.identity] = replace(unit, objects=objects, complete=rendered.complete)
            yield objects, made.identity

    def _folder_of(self, subject: Subject) -> str | None:
        reference = mapping(subject.spec.get("sourceRef"))
        name, path = str(reference.get("name", "")), subject.spec.get("path")
        if reference.get("kind") == "ExternalArtifact":
            path = artifact_folder(self._generators, name, str(path or "."))
            if path is None:
                note = f"artifact {name}"
                self.unjudged.append(
                    Unjudged(note, "no generator in the tree creates it", subject.place)
                )
                return None
        folder = self.render.folder(path)
        if not self._is_own(subject, name, here=folder is not None):
            address = source_address(self.by_identity, subject)
            self.unjudged.append(remote_note(subject, address or f"source {name}"))
            return None
        if folder is None and "${" not in str(path):
            self.faults.append(subject.finding("spec.path", f"folder {path} does not exist"))
        return folder

    def _is_own(self, subject: Subject, name: str, *, here: bool) -> bool:
        """Return True if a source is this repository; `here` is True if the folder is in it."""
        kind = mapping(subject.spec.get("sourceRef")).get("kind")
        if kind == "ExternalArtifact" or name == (self.own or "flux-system"):
            return True
        address = source_address(self.by_identity, subject)
        if address and self.own:
            return address == self._own_url
        return here

    @property
    def _own_name(self) -> str:
        return self.own or "flux-system"

    def _patches(self, subject: Subject, documents: Sequence[TreeDocument]) -> None:
        for index, patch in enumerate(sequence(subject.spec.get("patches"))):
            target = mapping(mapping(patch).get("target"))
            if target and not chooses(target, documents):
                at, said = f"spec.patches[{index}].target", described(target)
                self.listed.append(Listed(subject.identity, subject.place, at, said, "unmatched"))


def _applies(renderer: Renderer, document: TreeDocument, folder: str) -> bool:
    identity = identity_of(document.manifest)
    if (identity.group, identity.kind) != (KUSTOMIZE, "Kustomization"):
        return False
    path = mapping(document.manifest.get("spec")).get("path")
    return path is not None and renderer.folder(path) == folder


def _subject(document: TreeDocument, unit: Identity | None, variables: dict[str, Any]) -> Subject:
    manifest, place = document.manifest, document.place
    identity = identity_of(manifest)
    if identity.group == KUSTOMIZE and variables and isinstance(manifest.get("spec"), dict):
        path = str(manifest["spec"].get("path", ""))
        for name, value in variables.items():
            path = path.replace(f"${{{name}}}", str(value))
        if "path" in manifest["spec"]:
            manifest = {**manifest, "spec": {**manifest["spec"], "path": path}}
    return Subject(identity, manifest, place, unit, place.file, document.encrypted)


def _unit(
    subject: Subject, parent: Identity | None, objects: tuple[Subject, ...], *, complete: bool
) -> Unit:
    return Unit(subject, depends_on(subject), parent, objects, complete)
