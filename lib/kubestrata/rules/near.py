"""Fixes for names that do not exist: the closest existing ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kubestrata.core.alike import Names, alike, edits

_MOST = 5
_SHORTEST = 8
"""Shorter names differ from others by one letter without being misspelt."""


def closest(name: str, candidates: Names | Iterable[str]) -> list[str]:
    """Return the names that resemble one; if none does, all of a few."""
    known = candidates if isinstance(candidates, Names) else Names(candidates)
    few = list(known.ordered) if len(known.ordered) <= _MOST else []
    return alike(name, known, count=3) or few


def near(name: str, candidates: Names | Iterable[str], verb: str = "name") -> str:
    """Return `name web` or `name one of web, api`; '' if no name is close."""
    found = closest(name, candidates)
    return f"{verb} {'one of ' if len(found) > 1 else ''}{', '.join(found)}" if found else ""


def is_misspelt(one: str, other: str) -> bool:
    """Return True if a letter is too many, is lacking or changed places; numbers tell apart."""
    if len(one) < _SHORTEST or edits(one, other) != 1 or one == other:
        return False
    odd = Counter(one)
    odd.subtract(Counter(other))
    changed = [letter for letter, count in odd.items() if count]
    return len(changed) < 2 and not any(letter.isdigit() for letter in changed)
