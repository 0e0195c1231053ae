"""Digests of files that change whenever one of the files is written; none is read."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from stat import S_ISLNK


def signature_of(folder: Path, *suffixes: str) -> str:
    """Return a digest of the names, sizes and times of all files, or of those with a suffix.

    It is '' if they cannot be listed.
    """
    try:
        return signature_of_files(_listed(os.fspath(folder), suffixes or ("",)))
    except OSError:
        return ""


def signature_of_files(files: Iterable[str | Path]) -> str:
    """Return a digest of the names, sizes and times of files; '' if one cannot be read."""
    try:
        facts = [_facts(os.fspath(each)) for each in files]
    except OSError:
        return ""
    return hashlib.sha256(repr(facts).encode(errors="surrogateescape")).hexdigest()


def _facts(path: str) -> tuple[object, ...]:
    """Return the facts of a file; those of a link are followed by those of its target, if any."""
    found = os.lstat(path)
    own = path, found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns
    if S_ISLNK(found.st_mode):
        with contextlib.suppress(OSError):  # it leads nowhere
            return *own, *_facts(os.path.realpath(path, strict=True))
    return own


def _listed(folder: str, suffixes: tuple[str, ...]) -> Iterator[str]:
    with os.scandir(folder) as listed:
        entries = sorted(listed, key=lambda each: each.name)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _listed(entry.path, suffixes)
        elif entry.name.endswith(suffixes):
            yield entry.path
