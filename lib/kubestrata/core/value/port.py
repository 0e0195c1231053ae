"""Port numbers."""

from __future__ import annotations

from typing import Self

from kubestrata.core.errors import InvalidValue


class Port(int):
    """A TCP or UDP port, 1 to 65535."""

    def __new__(cls, value: int) -> Self:
        _require_number(value)
        if not 1 <= value <= 65535:
            raise InvalidValue(f"Port({value!r})", "is not within 1-65535", "write 1 to 65535")
        return super().__new__(cls, value)


def _require_number(value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        why = f"is {'None' if value is None else f'a {type(value).__name__}'}, not a number"
        is_quoted = isinstance(value, str) and value.isdecimal()
        raise InvalidValue(f"Port({value!r})", why, f"write Port({value})" if is_quoted else None)
