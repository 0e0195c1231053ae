"""Durations as Go writes them."""

from __future__ import annotations

import re
from typing import Self

from kubestrata.core.value.text import Text

_DURATION = re.compile(r"([0-9]+(\.[0-9]+)?(ms|s|m|h))+\Z")


class Duration(Text):
    """A Go duration such as `10m`, `1h30m` or `500ms` (source: Go's time.ParseDuration)."""

    __slots__ = ()

    def __new__(cls, value: str) -> Self:
        if not _DURATION.match(value):
            raise cls._refuse(value, "is not a duration", "write a number and ms, s, m or h: '10m'")
        return super().__new__(cls, value)
