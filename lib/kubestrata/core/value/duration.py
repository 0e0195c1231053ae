"""Durations in Go's syntax."""

from __future__ import annotations

import re
from typing import ClassVar

from kubestrata.core.value.text import Text


class Duration(Text):
    """A Go duration such as `10m`, `1h30m` or `500ms` (source: Go's time.ParseDuration)."""

    __slots__ = ()
    PATTERN: ClassVar[str] = r"([0-9]+(\.[0-9]+)?(ms|s|m|h))+"

    @classmethod
    def _checked(cls, value: str) -> str:
        if not re.fullmatch(cls.PATTERN, value):
            raise cls._refuse(value, "is not a duration", "write a number and ms, s, m or h: '10m'")
        return value
