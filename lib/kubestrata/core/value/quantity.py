"""Amounts of CPU, memory and storage."""

from __future__ import annotations

import re
from typing import ClassVar

from kubestrata.core.value.amount import quantity
from kubestrata.core.value.text import Text


class Quantity(Text):
    """A Kubernetes quantity such as `500m`, `1Gi` or `2`, never negative (source: apimachinery)."""

    __slots__ = ()
    PATTERN: ClassVar[str] = (
        r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?"
    )

    @classmethod
    def _checked(cls, value: str) -> str:
        if not re.fullmatch(cls.PATTERN, value):
            fix = "write a number and n, u, m, k, Ki, M, Mi, G, Gi, T, Ti: '500m', '1Gi'"
            raise cls._refuse(value, "is not a quantity", fix)
        if value.startswith("-") and quantity(value) != 0:
            raise cls._refuse(value, "is negative", f"write {value[1:]!r}")
        return value
