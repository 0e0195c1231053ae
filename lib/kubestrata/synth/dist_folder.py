"""The output folder on disk: its entries, generated and foreign.

Reads only, and never follows a symlink below the folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from kubestrata.core.errors import DistError
from kubestrata.core.frozen import Frozen
from kubestrata.synth.manifest_index import INDEX_NAME, parse_index, render_index
from kubestrata.synth.merge_evidence import unmerged_files
from kubestrata.synth.tree_path import ancestors


class DistFolder(Frozen):
    """A snapshot of the output folder."""

    path: str
    exists: bool
    entries: Mapping[str, os.DirEntry[str]]
    """Entries by their path below the folder; folders included."""
    index: bytes | None
    listed: frozenset[str]
    """Paths that synth wrote according to the index, or to git's records of an open merge."""

    @property
    def files(self) -> set[str]:
        """Everything that is not a folder: files, symlinks, sockets."""
        return {
            path for path, entry in self.entries.items() if not entry.is_dir(follow_symlinks=False)
        }

    @property
    def foreign(self) -> set[str]:
        """Files that synth did not write; folders are not counted."""
        return self.files - self.listed - {INDEX_NAME}

    def is_current(self, files: Mapping[str, bytes]) -> bool:
        """Return True if writing `files` would change nothing."""
        return (
            self.index == render_index(files)
            and not (self.listed & self.entries.keys()) - files.keys()
            # Most differences show in the size, without opening the file.
            and all(self._has_size(path, len(content)) for path, content in files.items())
            and all(self.holds(path, content) for path, content in files.items())
        )

    def holds(self, path: str, content: bytes) -> bool:
        """Return True if `path` is a regular file with exactly these bytes."""
        return self._has_size(path, len(content)) and read_file(self.entries[path].path) == content

    def _has_size(self, path: str, size: int) -> bool:
        entry = self.entries.get(path)
        return (
            entry is not None
            and entry.is_file(follow_symlinks=False)
            and entry.stat(follow_symlinks=False).st_size == size
        )

    def refuse_links(self, paths: Iterable[str]) -> None:
        """Raise DistError where one of `paths` is, or is below, a symlink."""
        links = {path for path, entry in self.entries.items() if entry.is_symlink()}
        if not links:
            return
        wanted = set(paths)
        if crossed := sorted(links & (wanted | ancestors(wanted))):
            raise linked(os.path.join(self.path, crossed[0]))


def look_at(outdir: str) -> DistFolder:
    """Read the names below `outdir` and its index; a missing folder is an empty one.

    Raises:
        DistError: `outdir` is a symlink or a file, or its index is damaged.
    """
    if os.path.islink(outdir):
        raise linked(outdir)
    exists = os.path.lexists(outdir)
    if exists and not os.path.isdir(outdir):
        fix = "move the file away, or choose another output folder"
        raise DistError(outdir, "cannot be the output folder", "it is a file", fix)
    entries = scan(outdir) if exists else {}
    index = _index_content(entries.get(INDEX_NAME))
    where = os.path.join(outdir, INDEX_NAME)
    listed = frozenset(parse_index(where, index)) if index is not None else frozenset[str]()
    left = unmerged_files(outdir) if exists else set[str]()
    return DistFolder(outdir, exists, entries, index, listed | left)


def scan(root: str, below: str = "") -> dict[str, os.DirEntry[str]]:
    """Return all entries under `root` by their path below it; symlinks are not followed."""
    found: dict[str, os.DirEntry[str]] = {}
    with os.scandir(root) as entries:
        for entry in entries:
            path = below + entry.name
            found[path] = entry
            if entry.is_dir(follow_symlinks=False):
                found.update(scan(entry.path, path + "/"))
    return found


def read_file(path: str) -> bytes:
    """Return the bytes of a regular file."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        size = os.fstat(handle).st_size
        chunks = [os.read(handle, size + 1)]
        while chunks[-1] and sum(map(len, chunks)) < size:
            chunks.append(os.read(handle, size))
        return b"".join(chunks)
    finally:
        os.close(handle)


def linked(path: str) -> DistError:
    """Return the error for a symlink on the way to a generated file."""
    fix = "replace the link with a real folder or file"
    return DistError(path, "cannot be written through", "it is a symlink", fix)


def _index_content(entry: os.DirEntry[str] | None) -> bytes | None:
    if entry is None:
        return None
    if entry.is_symlink():
        raise linked(entry.path)
    if not entry.is_file():
        raise DistError(entry.path, "cannot be the index", "it is not a file", "move it away")
    return read_file(entry.path)
