"""The files of a repository that are in the artifact of a Flux source."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from pathspec import PathSpec, Pattern

from kubestrata.gitops.disk import Absence
from kubestrata.gitops.document import Repository

_ALWAYS = (".git/", ".gitignore", ".gitmodules", ".gitattributes")
_DEFAULTS = (
    *("*.jpg", "*.jpeg", "*.gif", "*.png", "*.wmv", "*.flv", "*.tar.gz", "*.zip"),
    *(".github/", ".circleci/", ".travis.yml", ".gitlab-ci.yml", "appveyor.yml", ".drone.yml"),
    *("cloudbuild.yaml", "codeship-services.yml", "codeship-steps.yml"),
    *("**/.goreleaser.yml", "**/.sops.yaml", "**/.flux.yaml"),
)
"""The patterns that source-controller excludes if neither files nor `spec.ignore` have any."""
_FILE = ".sourceignore"


class ArtifactView(Repository):
    """A repository as Flux sees it: without symbolic links and ignored files."""

    def __init__(self, whole: Repository, ignore: str | None) -> None:
        super().__init__(whole.root)
        self.whole = whole
        self.share_readings(whole)
        self.share_lookups(whole)
        own = [*_sourceignore(whole), *(ignore or "").splitlines()]
        lines = [*_ALWAYS, *(own or _DEFAULTS)]
        self._ignored = _patterns(tuple(lines))
        self._absent: dict[str, Absence] = {"": ""}

    def find(self, path: str) -> Path | None:
        """Return the resolved path, None if the artifact does not contain it."""
        return super().find(path) if not self.absence(path) else None

    def absence(self, path: str) -> Absence:
        """Return why a path of the repository is not in the artifact, '' if it is."""
        path = path.rstrip("/")
        if path not in self._absent:
            above = path.rpartition("/")[0]
            self._absent[path] = self.absence(above) or self._own_absence(path)
        return self._absent[path]

    def _own_absence(self, path: str) -> Absence:
        try:
            mode = os.lstat(f"{self.root}/{path}").st_mode
        except (OSError, ValueError):
            return ""
        if stat.S_ISLNK(mode):
            return "link"
        # Only files are matched: one in an ignored folder may be included again.
        return "ignored" if stat.S_ISREG(mode) and self._ignored.match_file(path) else ""


@lru_cache(100)
def _patterns(lines: tuple[str, ...]) -> PathSpec[Pattern]:
    """Return the compiled patterns, which most sources have in common."""
    return PathSpec.from_lines("gitignore", lines)


def _sourceignore(disk: Repository) -> Iterable[str]:
    """Yield the patterns of all ignore files, those of a folder restricted to it."""
    for path in disk.files_named(_FILE):
        folder = path.rpartition("/")[0]
        try:
            text = disk.text(path)
        except OSError:
            continue
        for line in text.splitlines():
            if line.strip() and not line.startswith("#"):
                yield _within(folder, line) if folder else line


def _within(folder: str, pattern: str) -> str:
    negated = "!" if pattern.startswith("!") else ""
    bare = pattern.removeprefix("!")
    anchored = "/" in bare.rstrip("/")
    inner = bare.lstrip("/") if anchored else f"**/{bare}"
    return f"{negated}/{folder}/{inner}"
