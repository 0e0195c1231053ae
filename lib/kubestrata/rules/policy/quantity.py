"""Kubernetes quantities and percentages as numbers."""

from __future__ import annotations

import math
import re
from decimal import Decimal

_QUANTITY = re.compile(
    r"([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)"
)
_SUFFIXES = {
    "": Decimal(1),
    "n": Decimal(10) ** -9,
    "u": Decimal(10) ** -6,
    "m": Decimal(10) ** -3,
    **{name: Decimal(1000) ** power for power, name in enumerate("kMGTPE", start=1)},
    **{f"{name}i": Decimal(1024) ** power for power, name in enumerate("KMGTPE", start=1)},
}


def quantity(value: object) -> Decimal | None:
    """The number that `500m` or `1Gi` stands for, None if it is no quantity."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    found = _QUANTITY.fullmatch(str(value))
    if not found:
        return None
    number, exponent, suffix = found.groups()
    return Decimal(number) * (Decimal(10) ** int(exponent or 0)) * _SUFFIXES[suffix or ""]


def share_of(value: object, total: int) -> int | None:
    """The pods that `2` or `50%` of all are, rounded up; None if it is neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.endswith("%") and value[:-1].isdigit():
        return math.ceil(total * int(value[:-1]) / 100)
    return None
