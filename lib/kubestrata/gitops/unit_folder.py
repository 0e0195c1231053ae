"""The folders that Kustomizations apply: their sources, paths and components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec.structs import replace

from kubestrata.core.envsubst import EnvsubstError, expand
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.gitops.artifact import artifact_folder
from kubestrata.gitops.closure import list_of
from kubestrata.gitops.disk import join
from kubestrata.gitops.document import Repository
from kubestrata.gitops.file_list import is_remote
from kubestrata.gitops.folder_builder import FolderBuilder
from kubestrata.gitops.provided import remote_note
from kubestrata.gitops.rendered import overlay_of
from kubestrata.gitops.source import Home, Sources
from kubestrata.rules.subject import Listed, Subject, Unchecked
from kubestrata.rules.violation import Finding


class UnitFolder(Frozen):
    """The folder that a Kustomization applies, None if it is not followed, and what was found."""

    disk: Repository
    folder: str | None = None
    overlay: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])
    listed: tuple[Listed, ...] = ()
    faults: tuple[Finding, ...] = ()
    notes: tuple[Unchecked, ...] = ()


@dataclass(frozen=True)
class UnitFolders:
    """The folders of the Kustomizations of a cluster, as far as they are available.

    `generators` and `read` are the ArtifactGenerators and all objects that were read.
    """

    render: FolderBuilder
    sources: Sources
    generators: Sequence[Subject]
    read: Mapping[Identity, Subject]

    def of(self, subject: Subject) -> UnitFolder:
        """Return the folder of a Kustomization, and how it is built."""
        spec, found = subject.spec, self._resolved(subject)
        if found.folder is None:
            return found
        components, missing, faults = self._components(subject, found)
        overlay = overlay_of({**spec, "components": components})
        return replace(found, overlay=overlay, listed=missing, faults=(*found.faults, *faults))

    def _components(
        self, subject: Subject, job: UnitFolder
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

    def _resolved(self, subject: Subject) -> UnitFolder:
        """Return the folder of a Kustomization, or why it is not followed."""
        reference = mapping(subject.spec.get("sourceRef"))
        name, path = str(reference.get("name", "")), subject.spec.get("path")
        nowhere = UnitFolder(self.render.disk)
        if "${" in str(path or ""):
            path = self._default_path(str(path))
            if path is None:
                what = f"{subject.identity}: path {subject.spec.get('path')}"
                why = "has variables whose values are not known"
                return replace(nowhere, notes=(Unchecked(what, why, subject.place),))
        if reference.get("kind") == "ExternalArtifact":
            copied = artifact_folder(self.render.disk, self.generators, name, str(path or "."))
            if copied is None:
                note = Unchecked(f"artifact {name}", "no generator creates it", subject.place)
                return replace(nowhere, notes=(note,))
            path, generator, alias = copied
            source = self.sources.of_alias(generator, alias, self.read)
        else:
            folder = self.render.folder(path)
            source = self.sources.of(subject, here=folder not in (None, ""), read=self.read)
        if source.home is Home.ELSEWHERE:
            return replace(
                nowhere,
                notes=(remote_note(subject, source.address, str(subject.spec.get("path", ""))),),
            )
        folder = self.render.folder(path, source.base)
        disk = self.render.view(source.ignore)
        if source.home is Home.UNDECLARED and not folder:
            # R07 reports the source.
            return nowhere
        if folder is None and reference.get("kind") == "OCIRepository" and not source.base:
            return self._in_artifact(subject, str(path), nowhere)
        if folder is None:
            found = subject.finding("spec.path", f"folder {path} does not exist")
            return replace(nowhere, faults=(found,))
        if not disk.is_folder(folder):
            why = "is a symbolic link" if disk.absence(folder) == "link" else "is ignored"
            message = f"folder {path} {why}, so it is not in the artifact"
            return replace(nowhere, faults=(subject.finding("spec.path", message),))
        return UnitFolder(disk, folder)

    def _in_artifact(self, subject: Subject, path: str, nowhere: UnitFolder) -> UnitFolder:
        """Return the folder of a path below the one folder that an artifact may be made of."""
        bases = self.render.disk.folders("")
        found = [each for base in bases if (each := self.render.folder(path, base)) is not None]
        if len(found) == 1:
            return replace(nowhere, folder=found[0])
        what = f"{subject.identity}: path {path}"
        why = "the folder that its artifact was made of is not known"
        return replace(nowhere, notes=(Unchecked(what, why, subject.place),))

    def _default_path(self, path: str) -> str | None:
        """Return a path whose variables all have defaults, None for another one."""
        try:
            filled = expand(path, lambda _: None)
        except EnvsubstError:
            return None
        return None if "${" in filled else filled
