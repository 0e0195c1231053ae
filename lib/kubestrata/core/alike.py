"""Which known names a mistyped one is like."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

_COMPARED = 50
"""Comparing costs; of more names than this only those that begin or end alike are compared."""

_LONGEST = 253
"""Names of objects end here; comparing longer ones takes the square of their length."""


class Names:
    """Known names, ordered once for all who ask."""

    def __init__(self, names: Iterable[str]) -> None:
        self._known = frozenset(names)
        self.ordered: Sequence[str] = sorted(self._known)
        self._backwards: Sequence[str] = ()

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def compared(self, name: str) -> Sequence[str]:
        """The names that are worth comparing with one."""
        if len(self.ordered) <= _COMPARED:
            return self.ordered
        if not self._backwards:
            self._backwards = sorted(each[::-1] for each in self.ordered)
        begin = _beside(self.ordered, name)
        end = (each[::-1] for each in _beside(self._backwards, name[::-1]))
        return sorted({*begin, *end})


def _beside(names: Sequence[str], name: str) -> Sequence[str]:
    at, reach = bisect(names, name), _COMPARED // 4
    return names[max(0, at - reach) : at + reach]


def alike(
    name: str, candidates: Names | Iterable[str], count: int = 1, likeness: float = 0.6
) -> list[str]:
    """The names that are like one, closest first; `likeness` is between 0 and 1, as difflib's."""
    if len(name) > _LONGEST:
        return []
    known = candidates if isinstance(candidates, Names) else Names(candidates)
    return get_close_matches(name, known.compared(name), n=count, cutoff=likeness)
