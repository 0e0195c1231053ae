"""Which known names a mistyped one is like."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from heapq import nlargest
from operator import eq

_COMPARED = 50
"""Comparing costs; of more names than this only those that begin and end alike are compared."""


def _shared(one: str, other: str) -> int:
    same: int = sum(map(eq, one, other)) + sum(map(eq, reversed(one), reversed(other)))
    return same


def alike(name: str, candidates: Iterable[str], count: int = 1, likeness: float = 0.6) -> list[str]:
    """The names that are like one, closest first; `likeness` is between 0 and 1, as difflib's."""
    known = sorted(set(candidates))
    if len(known) > _COMPARED:
        known = nlargest(_COMPARED, known, key=lambda each: _shared(name, each))
    return get_close_matches(name, known, n=count, cutoff=likeness)
