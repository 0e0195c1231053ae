"""Port numbers."""

from __future__ import annotations

from typing import Self

from kubestrata.core.errors import InvalidValue


class Port(int):
    """A TCP or UDP port, 1 to 65535."""

    def __new__(cls, value: int) -> Self:
        if not 1 <= value <= 65535:
            raise InvalidValue(f"Port({value!r})", "is not within 1-65535")
        return super().__new__(cls, value)
