"""Suggestions for mistyped names."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

_COMPARED = 50
"""With more names than this, only those with a common prefix or suffix are compared."""

_LONGEST = 253
"""The maximum length of object names; the cost of comparing grows with the square of it."""


class Names:
    """Known names, sorted once for many lookups."""

    def __init__(self, names: Iterable[str]) -> None:
        self._known = frozenset(names)
        self.ordered: Sequence[str] = sorted(self._known)
        self._backwards: Sequence[str] = ()

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def compared(self, name: str) -> Sequence[str]:
        """Return the names worth comparing with `name`."""
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
    """Return similar names, closest first; `likeness` is between 0 and 1, as in difflib."""
    if len(name) > _LONGEST:
        return []
    known = candidates if isinstance(candidates, Names) else Names(candidates)
    return get_close_matches(name, known.compared(name), n=count, cutoff=likeness)


def edits(one: str, other: str) -> int:
    """Return the number of letters to add, remove, replace or exchange with the next one."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        above, before, row = before, row, [at]
        for to, each in enumerate(other, 1):
            cost = min(before[to] + 1, row[-1] + 1, before[to - 1] + (letter != each))
            if at > 1 and to > 1 and (letter, one[at - 2]) == (other[to - 2], each):
                cost = min(cost, above[to - 2] + 1)
            row.append(cost)
    return row[-1]
