"""Conflict markers that git leaves in a file whose merge is not finished."""

from __future__ import annotations

_OURS, _BASE, _MIDDLE, _THEIRS = b"<<<<<<< ", b"||||||| ", b"=======", b">>>>>>> "


def conflict_line(content: bytes) -> int | None:
    """Return the line of the first conflict in a file, None if it has none."""
    start: int | None = None
    divided = False
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.startswith(_OURS):
            start, divided = number, False
        elif line.rstrip(b"\r") == _MIDDLE:
            divided = start is not None
        elif line.startswith(_THEIRS) and divided:
            return start
    return None


def both_sides(content: bytes) -> bytes:
    r"""Return a file with the lines of both sides of each conflict, without those of their base.

    >>> both_sides(b"a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n")
    b'a\nb\nc\n'
    """
    if conflict_line(content) is None:
        return content
    kept: list[bytes] = []
    in_base = False
    for line in content.split(b"\n"):
        if line.startswith(_BASE):
            in_base = True
        elif line.rstrip(b"\r") == _MIDDLE:
            in_base = False
        elif not in_base and not line.startswith((_OURS, _THEIRS)):
            kept.append(line)
    return b"\n".join(kept)
