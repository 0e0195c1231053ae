"""Files that something may apply that is not known here; nothing can be said against them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kubestrata.gitops.closure import list_of
from kubestrata.gitops.disk import below
from kubestrata.gitops.document import Repository
from kubestrata.gitops.list_walk import closure_of


def maybe_applied(
    disk: Repository, files: Iterable[str], folders: Collection[str]
) -> frozenset[str]:
    """Return the files below some folders, and those that their lists name."""
    found: set[str] = set()
    for path in files:
        folder = path.rpartition("/")[0]
        if path not in found and any(below(path, each) for each in folders):
            found.add(path)
            if list_of(disk, folder) == path:
                found |= closure_of(disk, folder).files
    return frozenset(found)
