"""The files of a chart that is a folder, as Helm loads them; links are not followed.

Flux drops links from the artifacts of its sources, and a link could lead out of the chart.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kubestrata.bindings.source.archive import MAX_MEMBERS
from kubestrata.bindings.source.document import MAX_BYTES
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.regular_file import read_regular, walk
from kubestrata.helm.ignore_file import IGNORE_FILE, IgnoreRules
from kubestrata.helm.packed import CHART_FILE, expanded


def is_chart(folder: Path) -> bool:
    """Return True if a folder is a chart."""
    return (folder / CHART_FILE).is_file()


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files that .helmignore leaves, by their paths in the chart.

    Raises ImportSourceError for a folder that is not a chart, is too large or cannot be read.
    """
    where = folder.name
    try:
        rules = IgnoreRules(_text(folder / IGNORE_FILE))
        found = _files(folder, rules)
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ImportSourceError(where, "cannot be read", why) from None
    return _required(where, found)


def loaded(where: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return those of a folder's files that Helm loads: .helmignore excludes the others.

    Raises ImportSourceError if they are not a chart.
    """
    try:
        rules = IgnoreRules(files.get(IGNORE_FILE, b"").decode(errors="replace"))
    except ValueError as error:
        raise ImportSourceError(where, "cannot be read", str(error)) from None
    found = {path: data for path, data in files.items() if not _is_ignored(path, rules)}
    return _required(where, found)


def _is_ignored(path: str, rules: IgnoreRules) -> bool:
    parts = path.split("/")
    folders = ("/".join(parts[:count]) for count in range(1, len(parts)))
    return rules.is_ignored(path, is_folder=False) or any(
        rules.is_ignored(folder, is_folder=True) for folder in folders
    )


def _required(where: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    if CHART_FILE not in files:
        raise ImportSourceError(where, "is not a valid chart", f"has no {CHART_FILE}")
    return expanded(where, files)


def _text(path: Path) -> str:
    if path.is_symlink() or not path.exists():
        return ""
    return read_regular(path, MAX_BYTES).decode("utf-8", errors="replace")


def _files(folder: Path, rules: IgnoreRules) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = MAX_BYTES
    for base, folders, names in walk(folder):
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
