"""Validation of paths in a generated tree: relative, portable, unique in every spelling.

Nothing is read from the disk; see `dist_folder`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from kubestrata.core.errors import DistError

_SEGMENT_BYTES = 255
# The index holds one path per line, so every character that may end a line is excluded.
_ORDINARY = re.compile(r"(?:[\w-][\w.-]{0,99}/)*[\w-][\w.-]{0,99}", re.ASCII)
_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029]")


def path_fault(path: str) -> str | None:
    """Return the reason why `path` is invalid in a generated tree, None if it is valid."""
    if _ORDINARY.fullmatch(path):
        return None
    if path.startswith("/"):
        return "the path is absolute"
    if "\\" in path:
        return "the path contains a backslash"
    if _CONTROL.search(path):
        return "the path contains a control character"
    try:
        encoded = path.encode()
    except UnicodeEncodeError:
        return "the path is not valid Unicode"
    faults = map(_segment_fault, encoded.split(b"/"))
    return next(filter(None, faults), None)


def check_paths(outdir: str, paths: Iterable[str]) -> None:
    """Raise DistError for paths that cannot coexist in one folder on every file system.

    Raises:
        DistError: for the first bad path, in sorted order.
    """
    wanted = sorted(paths)
    for path in wanted:
        if fault := path_fault(path):
            raise DistError(outdir, f"{path!r} cannot be written", fault)
    folders = ancestors(wanted)
    if both := next((path for path in wanted if path in folders), None):
        raise DistError(outdir, f"{both!r} cannot be written", "it would be a file and a folder")
    if len({*map(_folded, wanted), *map(_folded, folders)}) < len(wanted) + len(folders):
        _refuse_twins(outdir, wanted)


def _refuse_twins(outdir: str, paths: Iterable[str]) -> None:
    """Raise DistError for the first path that is another one in other letters."""
    spellings: dict[str, str] = {}
    folders: set[str] = set()
    for path in paths:
        for part in (path, *_new_ancestors(path, folders)):
            twin = spellings.setdefault(_folded(part), part)
            if twin != part:
                raise DistError(
                    outdir,
                    f"{path!r} cannot be written",
                    f"{part!r} and {twin!r} are one name on a case-insensitive file system",
                    "rename one of them",
                )


def ancestors(paths: Iterable[str]) -> set[str]:
    """Return every folder above `paths`, without the root."""
    found = {path.rpartition("/")[0] for path in paths} - {""}
    for folder in tuple(found):
        _new_ancestors(folder, found)
    return found


def _segment_fault(segment: bytes) -> str | None:
    if segment in {b"", b".", b".."}:
        return f"the path has the segment {segment.decode()!r}"
    if len(segment) > _SEGMENT_BYTES:
        return f"a segment is longer than {_SEGMENT_BYTES} bytes"
    return None


def _new_ancestors(path: str, known: set[str]) -> list[str]:
    """Add the folders above `path` to `known`; return the new ones."""
    fresh: list[str] = []
    end = path.rfind("/")
    while end > 0 and path[:end] not in known:
        fresh.append(path[:end])
        end = path.rfind("/", 0, end)
    known.update(fresh)
    return fresh


def _folded(path: str) -> str:
    # macOS also treats composed and decomposed accents as equal.
    return path.lower() if path.isascii() else unicodedata.normalize("NFC", path.casefold())
