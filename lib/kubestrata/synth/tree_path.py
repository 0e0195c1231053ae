"""Which paths a generated tree may contain: relative, portable, one spelling each.

Says nothing about what is on the disk; that is `dist_folder`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from kubestrata.core.errors import DistError

_SEGMENT_BYTES = 255
# The index holds one path per line, so whatever some reader takes for a line end is out too.
_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029]")


def path_fault(path: str) -> str | None:
    """Why `path` cannot be a file of a generated tree, None where it can."""
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
    """Refuse paths that could not live together in one folder on every file system.

    Raises:
        DistError: for the first bad path, in sorted order.
    """
    spellings: dict[str, str] = {}
    folders: set[str] = set()
    wanted = sorted(paths)
    for path in wanted:
        if fault := path_fault(path):
            raise DistError(outdir, f"{path!r} cannot be written", fault)
        for part in (path, *_new_ancestors(path, folders)):
            twin = spellings.setdefault(_folded(part), part)
            if twin != part:
                raise DistError(
                    outdir,
                    f"{path!r} cannot be written",
                    f"{part!r} and {twin!r} are one name where case does not count",
                    "rename one of them",
                )
    if both := next((path for path in wanted if path in folders), None):
        raise DistError(outdir, f"{both!r} cannot be written", "it would be a file and a folder")


def ancestors(paths: Iterable[str]) -> set[str]:
    """Every folder above `paths`, without the root."""
    found: set[str] = set()
    for path in paths:
        _new_ancestors(path, found)
    return found


def _segment_fault(segment: bytes) -> str | None:
    if segment in {b"", b".", b".."}:
        return f"the path has the segment {segment.decode()!r}"
    if len(segment) > _SEGMENT_BYTES:
        return f"a segment is longer than {_SEGMENT_BYTES} bytes"
    return None


def _new_ancestors(path: str, known: set[str]) -> list[str]:
    """Add the folders above `path` to `known`; the ones that were not there."""
    fresh: list[str] = []
    end = path.rfind("/")
    while end > 0 and path[:end] not in known:
        fresh.append(path[:end])
        end = path.rfind("/", 0, end)
    known.update(fresh)
    return fresh


def _folded(path: str) -> str:
    # macOS also takes composed and decomposed accents for one name.
    return path.lower() if path.isascii() else unicodedata.normalize("NFC", path.casefold())
