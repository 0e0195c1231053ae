"""Amounts of CPU, memory and storage."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import ClassVar

from kubestrata.core.value.amount import quantity
from kubestrata.core.value.text import Text

# Source: apimachinery, ParseQuantity: amounts beyond are replaced by these.
_MOST = 2**63 - 1
_LEAST = Fraction(1, 10**9)


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
        try:
            amount = quantity(value)
        except ValueError:
            fix = "write the number, or one with a unit: '500m', '1Gi'"
            raise cls._refuse(value, "has an exponent that no amount needs", fix) from None
        if amount < 0:
            raise cls._refuse(value, "is negative", f"write {value[1:]!r}")
        if amount > _MOST:
            why = f"is too large: must be at most {_MOST}, which the API server would store instead"
            raise cls._refuse(value, why)
        if 0 < amount < _LEAST:
            why = "is too small: must be 0 or at least 1n, which the API server would store instead"
            raise cls._refuse(value, why)
        return value
