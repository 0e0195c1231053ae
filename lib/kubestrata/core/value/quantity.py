"""Amounts of CPU, memory and storage."""

from __future__ import annotations

import re
from typing import ClassVar, Self

from kubestrata.core.value.text import Text


class Quantity(Text):
    """A Kubernetes quantity such as `500m`, `1Gi` or `2` (source: apimachinery)."""

    __slots__ = ()
    PATTERN: ClassVar[str] = (
        r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?"
    )

    def __new__(cls, value: str) -> Self:
        if not re.fullmatch(cls.PATTERN, value):
            fix = "write a number and n, u, m, k, Ki, M, Mi, G, Gi, T, Ti: '500m', '1Gi'"
            raise cls._refuse(value, "is not a quantity", fix)
        return super().__new__(cls, value)
