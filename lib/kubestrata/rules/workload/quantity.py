"""Kubernetes quantities and percentages as numbers."""

from __future__ import annotations

import math
from fractions import Fraction

from kubestrata.schema import is_quantity
from kubestrata.schema import quantity as number_of


def quantity(value: object) -> Fraction | None:
    """Return the number that `500m` or `1Gi` means, None if it is not a valid quantity."""
    return number_of(str(value)) if is_quantity(value) else None


def share_of(value: object, total: int) -> int | None:
    """Return the number of pods for `2` or `50%`, rounded up; None if it is neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.endswith("%") and value[:-1].isdigit():
        return math.ceil(total * int(value[:-1]) / 100)
    return None
