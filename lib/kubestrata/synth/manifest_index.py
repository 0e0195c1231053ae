"""The index `.kubestrata`: the files that synth wrote and may replace.

This module handles its text; `dist_folder` reads the disk.
"""

from __future__ import annotations

from collections.abc import Iterable

from kubestrata.core.conflict_marker import both_sides
from kubestrata.core.errors import DistError
from kubestrata.synth.tree_path import path_fault

INDEX_NAME = ".kubestrata"
_HEADER = "# Files written by kubestrata synth, which may replace or remove them. Do not edit."


def render_index(paths: Iterable[str]) -> bytes:
    r"""Return the text of an index: a comment, then one path per line, sorted.

    >>> render_index(["b.yaml", "a/c.yaml"]).splitlines()[1:]
    [b'a/c.yaml', b'b.yaml']
    """
    return "\n".join([_HEADER, *sorted(paths), ""]).encode()


def parse_index(where: str, content: bytes) -> tuple[str, ...]:
    """Return the sorted paths of an index; with conflict markers of git, those of both sides.

    Raises:
        DistError: the text is not an index, or names a path outside its folder.
    """
    try:
        header, *paths, end = both_sides(content).decode().split("\n")
    except ValueError:
        raise _damaged(where, "it is cut off or not text") from None
    if not header.startswith("#"):
        raise _damaged(where, "line 1 is not a comment")
    if end:
        raise _damaged(where, "the last line is cut off")
    for path in paths:
        if fault := path_fault(path):
            raise _damaged(where, f"{path!r}: {fault}")
        if path == INDEX_NAME:
            raise _damaged(where, "it names itself")
    return tuple(sorted(set(paths)))


def _damaged(where: str, why: str) -> DistError:
    fix = "restore the file from git, then run synth again"
    return DistError(where, "the index of generated files is damaged", why, fix)
