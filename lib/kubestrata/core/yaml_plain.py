"""The meaning of unquoted YAML scalars in kubectl and Helm (sigs.k8s.io/yaml).

Kustomize, through which Flux reads every file, has a newer go-yaml: `yes`, `on` and `n` are text.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

_MEANINGS: tuple[tuple[bool | None, str], ...] = (
    (True, "y yes true on"),
    (False, "n no false off"),
    (None, "null ~"),
)
_WORDS = {"": None} | {
    spelling: value
    for value, words in _MEANINGS
    for word in words.split()
    for spelling in (word, word.capitalize(), word.upper())
}
_TEXT_TO_KUSTOMIZE = frozenset(
    word
    for word, value in _WORDS.items()
    if value is not None and word.lower() != f"{value}".lower()
)
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_INTEGER = re.compile(
    r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)|0b[-+][01]+"
)
_DIGITS = 20
_OLD_OCTAL = re.compile(r"([-+]?)0([0-7]+)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_POINT_FIRST = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?")


def is_not_finite(text: str) -> bool:
    """Return True if the scalar is an infinity or not a number, which JSON does not have."""
    return _NOT_FINITE.fullmatch(text) is not None


@lru_cache(maxsize=8192)
def plain_value(text: str) -> str | float | None:
    """Return the value of the scalar, resolved in go-yaml's order."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] == ".":
        return _finite(text, text) if _POINT_FIRST.fullmatch(text) else text
    if text[0] not in "+-0123456789":
        return text
    digits = text.replace("_", "")
    if _INTEGER.fullmatch(digits) and not _is_too_long(digits):
        value = _integer(digits)
        if -(2**63) <= value < (2**63 if digits[0] in "+-" else 2**64):
            return value
    return _finite(digits, text) if _FLOAT.fullmatch(digits) else text


def is_text_to_kustomize(text: str) -> bool:
    """Return True if Kustomize reads a word as text that others read as true or false."""
    return text in _TEXT_TO_KUSTOMIZE


def _is_too_long(digits: str) -> bool:
    """Return True for a number of thousands of digits, which Python refuses to convert."""
    decimal = digits.lstrip("+-")
    return len(decimal) > _DIGITS and decimal[0] != "0"


def _integer(digits: str) -> int:
    if octal := _OLD_OCTAL.fullmatch(digits):
        return int(f"{octal[1]}{octal[2]}", 8)
    # go-yaml also accepts the sign after the prefix: 0b-1.
    return int(digits.replace("0b", ""), 2) if digits[:3] in ("0b-", "0b+") else int(digits, 0)


def _finite(digits: str, text: str) -> float | str:
    value = float(digits)
    return value if math.isfinite(value) else text
