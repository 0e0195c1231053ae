"""Values that only the running cluster knows.

Flux replaces `${name}` when it applies (`postBuild.substituteFrom`). In Python a
placeholder carries its name between two Unicode noncharacters, so that it survives
f-strings and can never be confused with text that merely looks like `${name}`.
"""

from __future__ import annotations

import re
from typing import Self

from kubestrata.core.errors import InvalidValue
from kubestrata.core.value.text import Text

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
MARK = re.compile(f"{_OPEN}([A-Za-z_][A-Za-z0-9_]*){_CLOSE}")
"""Finds placeholders in rendered text; group 1 is the name."""

_LITERAL = re.compile(rf"\$+(?=[{{{_OPEN}])|\$\$+")


def _mark(name: str) -> str:
    if not _NAME.match(name):
        why = "must be letters, digits and '_', not beginning with a digit"
        raise InvalidValue(f"placeholder {name!r}", why)
    return f"{_OPEN}{name}{_CLOSE}"


class Placeholder(Text):
    """Text that the cluster fills in, alone or inside an f-string."""

    __slots__ = ()

    def __new__(cls, name: str) -> Self:
        return super().__new__(cls, _mark(name))


class PlaceholderInt(int):
    """An integer that the cluster fills in; `sample` stands for it in checks."""

    mark: str

    def __new__(cls, name: str, *, sample: int = 1) -> Self:
        self = super().__new__(cls, sample)
        self.mark = _mark(name)
        return self


def has_mark(text: str) -> bool:
    """Whether any placeholder is in the text."""
    return _OPEN in text


def marked_names(text: str) -> list[str]:
    """The names of the placeholders in the text, in order."""
    return [str(name) for name in MARK.findall(text)]


def resolve(text: str, *, substituted: bool) -> str:
    """The text as it is written: `${name}` for placeholders.

    Where Flux substitutes, literal dollars that it would read are doubled: it takes `${`
    as a variable and writes one dollar for two, anywhere (source: fluxcd/pkg envsubst).
    """
    if substituted and "$" in text:
        text = _LITERAL.sub(lambda dollars: dollars[0] * 2, text)
    return MARK.sub(r"${\1}", text) if _OPEN in text else text
