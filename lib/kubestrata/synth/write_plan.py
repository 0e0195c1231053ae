"""The plan of a write to the output folder, made without changing anything.

Every problem that can be detected before the first byte is written is detected here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from kubestrata.core.errors import DistError
from kubestrata.core.frozen import Frozen
from kubestrata.synth.dist_folder import DistFolder, look_at
from kubestrata.synth.manifest_index import INDEX_NAME, render_index
from kubestrata.synth.tree_path import ancestors


class WritePlan(Frozen):
    """A new tree as the differences from the old one."""

    old: DistFolder
    written: Mapping[str, bytes]
    removed: AbstractSet[str]
    unchanged: AbstractSet[str]
    foreign: AbstractSet[str]
    folders: AbstractSet[str]
    """Every folder of the new tree, without the root."""
    index: bytes

    @property
    def is_current(self) -> bool:
        """True if the old tree is up to date."""
        return self.old.index == self.index and not self.written and not self.removed

    @property
    def generated(self) -> AbstractSet[str]:
        """The files of the new tree that synth writes, without the index."""
        return self.written.keys() | self.unchanged

    def refuse_obstacles(self, foreign: AbstractSet[str]) -> None:
        """Raise DistError if one of these foreign files is in the way of the new tree."""
        refuse_obstacles(self.old, self.generated, foreign, ancestors(foreign))

    @property
    def carried(self) -> AbstractSet[str]:
        """Files that the new tree takes over from the old one as they are."""
        kept = self.unchanged | self.foreign
        return kept | {INDEX_NAME} if self.index == self.old.index else kept


def plan_write(outdir: str, files: Mapping[str, bytes]) -> WritePlan:
    """Compare `files` with what is in `outdir`.

    Raises:
        DistError: a symlink or something that synth did not write is in the way.
    """
    old = look_at(outdir)
    wanted = files.keys()
    old.refuse_links(old.listed | wanted)
    unchanged = {path for path in wanted & old.entries.keys() if old.holds(path, files[path])}
    removed = (old.listed & old.files) - wanted
    foreign = old.foreign - unchanged
    folders = _kept_folders(old, removed, foreign)
    refuse_obstacles(old, wanted, foreign, folders)
    return WritePlan(
        old=old,
        written={path: each for path, each in files.items() if path not in unchanged},
        removed=removed,
        unchanged=unchanged,
        foreign=foreign,
        folders=folders | ancestors(wanted),
        index=render_index(wanted),
    )


def _kept_folders(
    old: DistFolder, removed: AbstractSet[str], foreign: AbstractSet[str]
) -> set[str]:
    """Return the old folders that stay.

    Only a folder that removals leave empty is removed; one that was empty before stays.
    """
    folders = old.entries.keys() - old.files
    untouched = folders - ancestors(removed)
    return untouched | ancestors(untouched) | ancestors(foreign)


def refuse_obstacles(
    old: DistFolder, wanted: AbstractSet[str], foreign: AbstractSet[str], folders: AbstractSet[str]
) -> None:
    """Raise DistError if a new file or folder would replace a foreign file or folder."""
    if obstacles := sorted(foreign and foreign & (wanted | ancestors(wanted))):
        raise DistError(
            os.path.join(old.path, obstacles[0]),
            "is in the way of a generated file",
            f"kubestrata did not write it: {INDEX_NAME} does not list it",
            "move it away, or delete it if it may be replaced",
        )
    if obstacles := sorted(wanted & folders):
        raise DistError(
            os.path.join(old.path, obstacles[0]),
            "is in the way of a generated file",
            "it is a folder that kubestrata did not create, or that holds other files",
            "move the folder away",
        )
