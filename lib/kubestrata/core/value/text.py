"""The base class of text values: a `str` with validation."""

from __future__ import annotations

from typing import ClassVar

from kubestrata.core.errors import InvalidValue


class Text(str):
    """A checked string. It is a `str` everywhere, also for type checkers.

    `PATTERN` is a regular expression that the whole value matches, '' if there is none; it is valid
    in Go's engine too.
    """

    __slots__ = ()
    PATTERN: ClassVar[str] = ""

    @classmethod
    def _refuse(cls, value: object, why: str, fix: str | None = None) -> InvalidValue:
        return InvalidValue(f"{cls.__name__}({value!r})", why, fix)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str.__str__(self)!r})"
