"""The files of a chart that is a folder, as Helm loads them; links are not followed.

Flux drops links from the artifacts of its sources, and a link could lead out of the chart.
"""

from __future__ import annotations

import os
from pathlib import Path

from kubestrata.bindings.source.archive import MAX_MEMBERS
from kubestrata.bindings.source.document import MAX_BYTES
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.regular_file import read_regular
from kubestrata.helm.ignore_file import IGNORE_FILE, IgnoreRules
from kubestrata.helm.packed import CHART_FILE, expanded


def is_chart(folder: Path) -> bool:
    """Return True if a folder is a chart."""
    return (folder / CHART_FILE).is_file()


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files that .helmignore leaves, by their paths in the chart.

    Raises ImportSourceError for a folder that is no chart, too large or cannot be read.
    """
    where = folder.name
    try:
        rules = IgnoreRules(_text(folder / IGNORE_FILE))
        found = _files(folder, rules)
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ImportSourceError(where, "cannot be read", why) from None
    if CHART_FILE not in found:
        raise ImportSourceError(where, "is not a valid chart", f"has no {CHART_FILE}")
    return expanded(where, found)


def _text(path: Path) -> str:
    if path.is_symlink() or not path.exists():
        return ""
    return read_regular(path, MAX_BYTES).decode("utf-8", errors="replace")


def _files(folder: Path, rules: IgnoreRules) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = MAX_BYTES
    for base, folders, names in os.walk(folder, onerror=_refuse):
        place = Path(base)
        below = "" if place == folder else f"{place.relative_to(folder).as_posix()}/"
        folders[:] = sorted(
            each for each in folders if not rules.is_ignored(below + each, is_folder=True)
        )
        for name in sorted(names):
            path = place / name
            if rules.is_ignored(below + name, is_folder=False) or path.is_symlink():
                continue
            found[below + name] = read_regular(path, left)
            left -= len(found[below + name])
            if len(found) > MAX_MEMBERS:
                raise ValueError(f"has more than {MAX_MEMBERS} files")
    return found


def _refuse(error: OSError) -> None:
    raise error
