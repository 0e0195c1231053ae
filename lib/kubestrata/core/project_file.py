"""Files that a project passes to the library: links must not lead out of the repository."""

from __future__ import annotations

import os
from pathlib import Path

from kubestrata.core.bindings_path import project_folder
from kubestrata.core.regular_file import read_regular

MOST_BYTES = 16 * 1024 * 1024


def read_project_file(path: Path, limit: int = MOST_BYTES) -> bytes:
    """Return the content of a file, at most `limit` bytes.

    A file in the folder of the project may be a link to another one there. Raises OSError, whose
    `strerror` is the reason.
    """
    return read_regular(path, limit, _project_of(path))


def _project_of(path: Path) -> Path | None:
    """Return the folder of the project if a path is below it, as the path is written."""
    if (found := project_folder()) is None:
        return None
    written = Path(os.path.abspath(path))  # noqa: PTH100  # resolve() follows the links
    root = Path(found)
    is_inside = written.is_relative_to(root) or written.is_relative_to(root.resolve())
    return root if is_inside else None
