"""Fixes for names that name nothing: what the author probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_MOST = 5


def near(name: str, candidates: Iterable[str]) -> str:
    """`name one of ...`, closest first; if none is close, all of a few; '' if there are many."""
    known = sorted(set(candidates))
    found = get_close_matches(name, known, n=3) or (known if len(known) <= _MOST else [])
    if not found:
        return ""
    return f"name one of {', '.join(found)}" if len(found) > 1 else f"name {found[0]}"
