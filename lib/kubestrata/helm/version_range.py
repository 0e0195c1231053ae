"""Versions and ranges of versions, as Helm compares them (source: Masterminds/semver v3).

A range is a list of conditions, `>=1.2, <2` or `>=1.2 <2`, and `||` separates alternatives. A
version with a pre-release (`1.2.3-rc.1`) is only in a range that names a pre-release itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import total_ordering

from kubestrata.core.frozen import Frozen

_VERSION = re.compile(
    r"v?(?P<major>\d+)(?:\.(?P<minor>\d+))?(?:\.(?P<patch>\d+))?"
    r"(?:-(?P<pre>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?\Z"
)
_PART = r"(?:\d+|[xX*])"
_CONDITION = re.compile(
    rf"\s*(?P<sign>=|!=|>|<|>=|=>|<=|=<|~|~>|\^)?\s*"
    rf"v?(?P<major>{_PART})(?:\.(?P<minor>{_PART}))?(?:\.(?P<patch>{_PART}))?"
    r"(?:-(?P<pre>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?\s*(?:,|(?=\s|\Z))"
)
_HYPHEN = re.compile(rf"\s*v?({_PART}\S*)\s+-\s+v?({_PART}\S*)\s*")
_Numbers = tuple[int, int, int]


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A version with three numbers; missing ones are 0."""

    numbers: _Numbers
    pre: str = ""

    def __lt__(self, other: Version) -> bool:
        return self._key() < other._key()

    def _key(self) -> tuple[_Numbers, bool, list[tuple[bool, int, str]]]:
        parts = self.pre.split(".") if self.pre else []
        key = [(not each.isdigit(), int(each) if each.isdigit() else 0, each) for each in parts]
        return self.numbers, not self.pre, key


_FIRST_PRE = "0"
_LOWEST = Version((0, 0, 0), _FIRST_PRE)
_HIGHEST = Version((1 << 62, 0, 0))


class _Condition(Frozen):
    sign: str
    low: Version
    count: int
    """The number of parts that are not wildcards or missing."""

    def holds(self, version: Version) -> bool:
        if version.pre and not self.low.pre:
            return False
        if self.count == 0:
            return self.sign not in ("!=", ">", "<")
        low, high = self._bounds()
        return (low <= version < high) != (self.sign == "!=")

    def _bounds(self) -> tuple[Version, Version]:
        """Return the first version of the range, and the first one above it."""
        is_exact = self.count == len(self.low.numbers)
        above = self._after() if is_exact else self._next(self.count - 1)
        match self.sign:
            case ">":
                return above, _HIGHEST
            case ">=" | "=>":
                return self.low, _HIGHEST
            case "<":
                return _LOWEST, self.low
            case "<=" | "=<":
                return _LOWEST, above
            case "~" | "~>":
                return self.low, self._next(min(self.count - 1, 1))
            case "^":
                return self.low, self._caret()
            case _:
                return self.low, above

    def _after(self) -> Version:
        """Return the version that follows an exact one: of a pre-release the next of its kind."""
        major, minor, patch = self.low.numbers
        if self.low.pre:
            return Version(self.low.numbers, f"{self.low.pre}.0")
        return Version((major, minor, patch + 1), _FIRST_PRE)

    def _next(self, part: int) -> Version:
        """Return the first version with a higher number at a position."""
        numbers = [*self.low.numbers[: part + 1], 0, 0]
        numbers[part] += 1
        return Version((numbers[0], numbers[1], numbers[2]))

    def _caret(self) -> Version:
        """Return the first version above `^`: the first number that is not 0 stays."""
        for part, number in enumerate(self.low.numbers[: self.count]):
            if number:
                return self._next(part)
        return self._next(self.count - 1)


def plain(version: str) -> str:
    """Return a version without a leading `v`, which Helm ignores."""
    return version.removeprefix("v")


def parse_version(text: str) -> Version | None:
    """Return a version, with or without a leading `v`; None for any other text."""
    found = _VERSION.match(text.strip())
    if found is None:
        return None
    numbers = (int(found["major"]), int(found["minor"] or 0), int(found["patch"] or 0))
    return Version(numbers, found["pre"] or "")


def is_in_range(version: str, range_text: str) -> bool | None:
    """Return True if a version is in a range; None if either cannot be understood."""
    exact, alternatives = parse_version(version), _alternatives(range_text)
    if exact is None or alternatives is None:
        return None
    return any(all(each.holds(exact) for each in group) for group in alternatives)


def highest(versions: Iterable[str], range_text: str) -> str | None:
    """Return the highest version in a range, spelled as it was given."""
    fitting = [each for each in versions if is_in_range(each, range_text)]
    return max(fitting, key=lambda each: parse_version(each) or Version((0, 0, 0)), default=None)


def _alternatives(text: str) -> list[list[_Condition]] | None:
    found: list[list[_Condition]] = []
    for part in text.split("||"):
        group = _conditions(_HYPHEN.sub(r">=\1 <=\2 ", part))
        if group is None:
            return None
        found.append(group)
    return found


def _conditions(text: str) -> list[_Condition] | None:
    found: list[_Condition] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _CONDITION.match(text, at)
        if match is None or match.end() == at:
            return None
        found.append(_condition(match))
        at = match.end()
    return found or [_Condition("", Version((0, 0, 0)), 0)]


def _condition(match: re.Match[str]) -> _Condition:
    numbers = [0, 0, 0]
    count = 0
    for name in ("major", "minor", "patch"):
        part = match[name]
        if part is None or not part.isdigit():
            break
        numbers[count] = int(part)
        count += 1
    low = Version((numbers[0], numbers[1], numbers[2]), match["pre"] or "")
    return _Condition(match["sign"] or "", low, count)
