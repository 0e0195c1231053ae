"""Building folders, each once for all clusters that share it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from msgspec.structs import replace

from kubestrata.gitops.applied import AppliedFolder
from kubestrata.gitops.artifact_view import ArtifactView
from kubestrata.gitops.disk import join
from kubestrata.gitops.document import Repository, fault
from kubestrata.gitops.kubectl import Builder
from kubestrata.gitops.rendered import BuiltFolder, render

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

    def _made(self, job: _Job) -> BuiltFolder:
        disk, folder, overlay, applied = job
        try:
            return render(disk, folder, overlay, builder=self._builder, applied=applied)
        except (MemoryError, RecursionError) as error:
            why = f"is too large or too deep to be rendered ({type(error).__name__})"
            found = fault(folder or ".", 1, why, "split it")
            return BuiltFolder([], set(), complete=False, faults=[found])

    def folder(self, path: object, base: str = "") -> str | None:
        """Return the folder at a path in a manifest, None if there is none.

        The folder that is read may be only a part of the repository.
        """
        return self.disk.folder_at(join(base, str(path or ".").lstrip("/")))


def _key(job: _Job) -> tuple[int, str]:
    disk, folder, overlay, applied = job
    choice = "" if applied is None else str(replace(applied, at=""))
    return id(disk), json.dumps([folder, overlay, choice], sort_keys=True, default=str)
