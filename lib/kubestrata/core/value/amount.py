"""Numbers that quantities mean: `500m`, `1.5Gi`, `1e3`."""

from __future__ import annotations

import re
from fractions import Fraction

_QUANTITY = re.compile(
    r"(?!\Z)(?P<number>[-+]?\d*(?:\.\d*)?)"
    r"(?:(?P<binary>[KMGTPE]i)|(?P<decimal>[numkMGTPE])|[eE](?P<power>[-+]?\d{1,4}))?"
)
_BINARY: dict[str, int] = {
    unit: 1024**power for power, unit in enumerate(["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"], 1)
}
_DECIMAL = {unit: Fraction(1, 1000**power) for power, unit in enumerate("mun", 1)} | {
    unit: Fraction(1000**power) for power, unit in enumerate("kMGTPE", 1)
}


def quantity(text: str) -> Fraction:
    """Return the number that a quantity means.

    Raises:
        ValueError: for a text that the API server rejects.
    """
    found = _QUANTITY.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a valid quantity")
    # The API server reads a number without digits as 0.
    digits = found["number"]
    number = Fraction(digits if any(map(str.isdigit, digits)) else 0)
    if found["binary"]:
        return number * _BINARY[found["binary"]]
    if found["decimal"]:
        return number * _DECIMAL[found["decimal"]]
    power: Fraction = Fraction(10) ** int(found["power"] or 0)
    return number * power


def is_quantity(value: object) -> bool:
    """Return True if a value is a quantity; numbers are."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    return _QUANTITY.fullmatch(str(value)) is not None
