"""A digest of the files in a folder that changes whenever one of them is written."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from kubestrata.core.regular_file import walk


def signature_of(folder: Path, *suffixes: str) -> str:
    """Return a digest of the names, sizes and times of all files, or of those with a suffix.

    It is '' if they cannot be listed. Nothing is read.
    """
    found = hashlib.sha256()
    wanted = suffixes or ("",)
    try:
        for base, folders, names in walk(folder):
            folders.sort()
            for name in sorted(names):
                if name.endswith(wanted):
                    path = os.path.join(base, name)  # noqa: PTH118  # thousands of files
                    facts = os.lstat(path)
                    entry = (
                        path,
                        facts.st_mode,
                        facts.st_size,
                        facts.st_mtime_ns,
                        facts.st_ctime_ns,
                    )
                    found.update(repr(entry).encode(errors="surrogateescape"))
    except OSError:
        return ""
    return found.hexdigest()
