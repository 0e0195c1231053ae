"""Building folders, each once for all clusters that share it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias, TypeVar

from msgspec.structs import replace

from kubestrata.gitops.applied import AppliedFolder
from kubestrata.gitops.artifact_view import ArtifactView
from kubestrata.gitops.disk import join
from kubestrata.gitops.document import Repository, fault
from kubestrata.gitops.kubectl import Builder
from kubestrata.gitops.rendered import BuiltFolder, StartedFolder, started

_Made = TypeVar("_Made")
_Job: TypeAlias = tuple[Repository, str, dict[str, Any], AppliedFolder | None]


@dataclass
class FolderBuilder:
    """Builder of folders, each once for all clusters that share it."""

    disk: Repository
    _builder: Builder = field(default_factory=Builder)
    _known: dict[tuple[int, str], BuiltFolder] = field(
        default_factory=dict[tuple[int, str], BuiltFolder]
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
        applied: AppliedFolder | None = None,
    ) -> BuiltFolder:
        """Return the objects of a folder; `applied` is the choice of an Application."""
        job = (disk or self.disk, folder, overlay, applied)
        key = _key(job)
        if key not in self._known:
            self.prepare([job])
        return self._known[key]

    def prepare(self, jobs: Iterable[_Job]) -> None:
        """Render several folders; those that Kustomize builds at once, a process for each core."""
        left: dict[tuple[int, str], StartedFolder] = {}
        for job in jobs:
            key = _key(job)
            if key not in self._known and key not in left:
                begun = _within_limits(job[1], partial(self._begun, job))
                if isinstance(begun, BuiltFolder):
                    self._known[key] = begun
                else:
                    left[key] = begun
        workers = min(len(left), os.cpu_count() or 1)
        if workers > 1:
            with ThreadPoolExecutor(workers) as pool:
                self._known |= zip(left, pool.map(self._finished, left.values()), strict=True)
        else:
            self._known |= {key: self._finished(each) for key, each in left.items()}

    def _begun(self, job: _Job) -> StartedFolder | BuiltFolder:
        begun = started(*job)
        return begun if begun.needs_kustomize else begun.finished(self._builder)

    def _finished(self, begun: StartedFolder) -> BuiltFolder:
        return _within_limits(begun.folder, partial(begun.finished, self._builder))

    def folder(self, path: object, base: str = "") -> str | None:
        """Return the folder at a path in a manifest, None if there is none.

        The folder that is read may be only a part of the repository.
        """
        return self.disk.folder_at(join(base, str(path or ".").lstrip("/")))


def _within_limits(folder: str, build: Callable[[], _Made]) -> _Made | BuiltFolder:
    try:
        return build()
    except (MemoryError, RecursionError) as error:
        why = f"is too large or too deep to be rendered ({type(error).__name__})"
        found = fault(folder or ".", 1, why, "split it")
        return BuiltFolder([], set(), complete=False, faults=[found])


def _key(job: _Job) -> tuple[int, str]:
    disk, folder, overlay, applied = job
    choice = "" if applied is None else str(replace(applied, at=""))
    return id(disk), json.dumps([folder, overlay, choice], sort_keys=True, default=str)
