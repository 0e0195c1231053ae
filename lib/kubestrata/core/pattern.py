"""Patterns from user input, matched as in Go: in linear time, without look-around.

Python's `re` backtracks: a pattern of eight characters can take years. It is used only for safe
patterns of this library.
"""

from __future__ import annotations

from collections.abc import Iterator

import re2

_LONGEST = 10_000


class PatternError(ValueError):
    """A pattern that Go would refuse; the text is the reason."""


class Pattern:
    """A pattern in the syntax of Go's regexp package.

    Raises:
        PatternError: for one that is not valid there.
    """

    def __init__(self, text: str) -> None:
        if len(text) > _LONGEST:
            raise PatternError(f"is longer than {_LONGEST} characters")
        options = re2.Options()
        options.log_errors = False
        try:
            self._compiled = re2.compile(text, options)
        except re2.error as error:
            reason: object = error.args[0] if error.args else "is not a valid pattern"
            shown = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
            raise PatternError(shown) from None

    def matches(self, text: str) -> bool:
        """Return True if the whole text matches."""
        return self._compiled.fullmatch(text) is not None

    def is_in(self, text: str) -> bool:
        """Return True if a part of the text matches."""
        return self._compiled.search(text) is not None

    def replaced(self, text: str, by: str) -> str:
        """Return the text with each part that matches replaced by another, taken literally."""
        return str(self._compiled.sub(by.replace("\\", r"\\"), text))

    def find(self, text: str) -> Iterator[str]:
        """Yield the parts of the text that match, leftmost first."""
        for found in self._compiled.finditer(text):
            yield found.group() or ""
