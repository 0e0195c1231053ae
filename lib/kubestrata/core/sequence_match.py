"""Alignment of two sequences: pairs of equal items, in order.

Equal items at both ends match first, then items that occur once in each sequence, by the longest
increasing run of their positions. That is O(n log n) for any input, unlike `difflib`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import TypeAlias

Pair: TypeAlias = tuple[int, int]
"""An index of the first sequence, and the index of the equal item in the second one."""


def matches(one: Sequence[Hashable], other: Sequence[Hashable]) -> list[Pair]:
    """Return the pairs of equal items, increasing in both indexes.

    >>> matches("abc", "xabc")
    [(0, 1), (1, 2), (2, 3)]
    """
    found: list[Pair] = []
    at = (0, 0)
    for anchor in [*_anchors(one, other), (len(one), len(other))]:
        found += _ends(one, other, at, anchor)
        if anchor[0] < len(one):
            found.append(anchor)
        at = (anchor[0] + 1, anchor[1] + 1)
    return found


def gaps(pairs: Sequence[Pair], ends: Pair) -> Iterator[tuple[range, range]]:
    """Yield the gaps between matches: unmatched indexes of the first and of the second."""
    at = (0, 0)
    for pair in [*pairs, ends]:
        gap = range(at[0], pair[0]), range(at[1], pair[1])
        if gap[0] or gap[1]:
            yield gap
        at = (pair[0] + 1, pair[1] + 1)


def _ends(
    one: Sequence[Hashable], other: Sequence[Hashable], start: Pair, stop: Pair
) -> list[Pair]:
    """Match the equal items at the beginning and at the end of two ranges."""
    (low, at), (high, to) = start, stop
    head: list[Pair] = []
    while low < high and at < to and one[low] == other[at]:
        head.append((low, at))
        low, at = low + 1, at + 1
    tail: list[Pair] = []
    while low < high and at < to and one[high - 1] == other[to - 1]:
        high, to = high - 1, to - 1
        tail.append((high, to))
    return [*head, *reversed(tail)]


def _anchors(one: Sequence[Hashable], other: Sequence[Hashable]) -> list[Pair]:
    """Match items that occur once in each sequence, as many as are in the same order."""
    counts, others = Counter(one), Counter(other)
    place = {item: index for index, item in enumerate(other)}
    unique = [
        (index, place[item])
        for index, item in enumerate(one)
        if counts[item] == 1 and others[item] == 1
    ]
    return [unique[index] for index in longest_increasing([pair[1] for pair in unique])]


def longest_increasing(values: Sequence[int]) -> list[int]:
    """Return the indexes of a longest increasing subsequence of distinct values.

    >>> longest_increasing([3, 0, 1, 2])
    [1, 2, 3]
    """
    tails: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, value in enumerate(values):
        length = bisect_left(tails, value)
        before.append(last[length - 1] if length else -1)
        tails[length : length + 1] = [value]
        last[length : length + 1] = [index]
    found: list[int] = []
    at = last[-1] if last else -1
    while at >= 0:
        found.append(at)
        at = before[at]
    return found[::-1]
