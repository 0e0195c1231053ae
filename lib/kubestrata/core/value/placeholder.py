"""Placeholders for values that only the running cluster knows.

Flux replaces `${name}` when it applies (`postBuild.substituteFrom`). In Python a
placeholder carries its name between two Unicode noncharacters, so that it survives
f-strings and can never be confused with text that merely looks like `${name}`.
"""

from __future__ import annotations

import re
from typing import Self

from kubestrata.core.errors import InvalidValue
from kubestrata.core.value.text import Text, require_text

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
MARK = re.compile(f"{_OPEN}([A-Za-z_][A-Za-z0-9_]*){_CLOSE}")
"""Finds placeholders in rendered text; group 1 is the name."""

_LITERAL = re.compile(rf"\$+(?=[{{{_OPEN}])|\$\$+")


def _mark(name: str) -> str:
    if not _NAME.match(require_text("Placeholder", name)):
        why = "must be letters, digits and '_', not beginning with a digit"
        raise InvalidValue(f"placeholder {name!r}", why)
    return f"{_OPEN}{name}{_CLOSE}"


class Placeholder(Text):
    """Text that Flux substitutes in the cluster, alone or inside an f-string."""

    __slots__ = ()

    @classmethod
    def _checked(cls, value: str) -> str:
        return _mark(value)


class PlaceholderInt(int):
    """An integer that Flux substitutes in the cluster; checks use `sample` instead."""

    mark: str

    def __new__(cls, name: str, *, sample: int = 1) -> Self:
        self = super().__new__(cls, sample)
        self.mark = _mark(name)
        return self


def has_mark(text: str) -> bool:
    """Return True if the text contains a placeholder."""
    return _OPEN in text


def marked_names(text: str) -> list[str]:
    """Return the names of the placeholders in the text, in order."""
    return [str(name) for name in MARK.findall(text)]


def resolve(text: str, *, substituted: bool) -> str:
    """Return the text as it is written, with `${name}` for placeholders.

    Where Flux substitutes, literal dollars that it would interpret are doubled: it reads `${` as a
    variable and replaces two dollars with one everywhere (source: fluxcd/pkg envsubst).
    """
    if substituted and "$" in text:
        text = _LITERAL.sub(lambda dollars: dollars[0] * 2, text)
    return MARK.sub(r"${\1}", text) if _OPEN in text else text
