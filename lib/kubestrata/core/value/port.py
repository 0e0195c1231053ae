"""Port numbers."""

from __future__ import annotations

from typing import Self

from kubestrata.core.errors import InvalidValue


class Port(int):
    """A TCP or UDP port, 1 to 65535."""

    def __new__(cls, value: int) -> Self:
        given: object = value
        if not isinstance(given, int) or isinstance(given, bool):
            why = f"is {'None' if given is None else f'a {type(given).__name__}'}, not a number"
            is_quoted = isinstance(given, str) and given.isdecimal()
            raise InvalidValue(
                f"Port({given!r})", why, f"write Port({given})" if is_quoted else None
            )
        if not 1 <= value <= 65535:
            raise InvalidValue(f"Port({value!r})", "is not within 1-65535", "write 1 to 65535")
        return super().__new__(cls, value)
