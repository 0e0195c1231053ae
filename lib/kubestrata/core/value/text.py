"""The base class of text values: a `str` with validation."""

from __future__ import annotations

from typing import ClassVar, Self

from kubestrata.core.errors import InvalidValue


class Text(str):
    """A checked string. It is a `str` everywhere, also for type checkers.

    `PATTERN` is a regular expression that the whole value matches, '' if there is none; it is valid
    in Go's engine too.
    """

    __slots__ = ()
    PATTERN: ClassVar[str] = ""

    def __new__(cls, value: str) -> Self:
        return super().__new__(cls, cls._checked(require_text(cls.__name__, value)))

    @classmethod
    def _checked(cls, value: str) -> str:
        """Return the value as it is written; raises InvalidValue for an invalid one."""
        return value

    @classmethod
    def _refuse(cls, value: object, why: str, fix: str | None = None) -> InvalidValue:
        return InvalidValue(f"{cls.__name__}({value!r})", why, fix)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str.__str__(self)!r})"


def require_text(kind: str, value: object) -> str:
    """Return a value if it is text; raises InvalidValue for numbers, None and other values."""
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fix = f"write {kind}({str(value)!r})" if is_number else None
    why = f"is {'None' if value is None else f'a {type(value).__name__}'}, where text is expected"
    raise InvalidValue(f"{kind}({value!r})", why, fix)
