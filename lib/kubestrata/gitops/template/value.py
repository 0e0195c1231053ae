"""Values of Go templates, as Go writes and compares them.

Parameters come from JSON: their numbers are floating-point, and large ones are written as such.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from kubestrata.core.json_value import is_mapping, is_sequence


def from_json(value: Any) -> Any:
    """Return a parameter as Go decodes it: every number is floating-point."""
    if is_mapping(value):
        return {key: from_json(part) for key, part in value.items()}
    if is_sequence(value):
        return [from_json(part) for part in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def shown(value: object, absent: str = "<no value>") -> str:
    """Return the text of a value, as `{{ }}` writes it."""
    if value is None:
        return absent
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if is_mapping(value):
        pairs = (f"{key}:{shown(value[key], '<nil>')}" for key in sorted(value))
        return f"map[{' '.join(pairs)}]"
    if is_sequence(value):
        return f"[{' '.join(shown(each, '<nil>') for each in value)}]"
    return str(value)


def _number(value: float) -> str:
    """Return the shortest digits, with an exponent from a million on."""
    exact = Decimal(repr(value)).normalize()
    digits = "".join(map(str, exact.as_tuple().digits))
    exponent = exact.adjusted()
    if value and not -4 <= exponent < 6:
        mantissa = f"{digits[0]}.{digits[1:]}".removesuffix(".")
        return f"{'-' if value < 0 else ''}{mantissa}e{exponent:+03d}"
    return format(exact, "f")


def size_of(value: object, most: int) -> int:
    """Return the length of a value's text, about, and not far beyond `most`."""
    size, pending = 0, [value]
    while pending and size <= most:
        part = pending.pop()
        size += 1
        if isinstance(part, str):
            size += len(part)
        elif is_mapping(part):
            pending += [*part.keys(), *part.values()]
        elif is_sequence(part):
            pending += part
    return size


def same_type(first: object, second: object) -> bool:
    """Return True if Go compares two values: whole and floating-point numbers differ."""
    return type(first) is type(second)
