"""Schedules."""

from __future__ import annotations

import re
from typing import ClassVar, Self

from kubestrata.core.value.text import Text

_MACROS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_FIELD = "[0-9A-Za-z*?,/-]+"
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_FIELD_NAMES = ("minute", "hour", "day of month", "month", "day of week")
_WORDS = (
    "",
    "",
    "",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "sun mon tue wed thu fri sat",
)
_PART = re.compile(r"(\*|\?|[0-9]+(-[0-9]+)?)(/[1-9][0-9]*)?\Z")


def _numbers(field: str, words: str) -> str:
    for value, word in enumerate(words.split()):
        field = re.sub(
            rf"\b{word}\b", str(value + 1 if words.startswith("jan") else value), field.lower()
        )
    return field


def _field_fits(field: str, low: int, high: int) -> bool:
    for part in field.split(","):
        if not _PART.match(part):
            return False
        bounds = [int(number) for number in re.findall(r"[0-9]+", part.split("/")[0])]
        if bounds != sorted(bounds) or any(not low <= number <= high for number in bounds):
            return False
    return True


class Cron(Text):
    """A five-field cron schedule in the controller's time zone, or a macro such as `@daily`.

    Source: the format of CronJob's `spec.schedule`.
    """

    __slots__ = ()
    PATTERN: ClassVar[str] = f"{'|'.join(_MACROS)}|{_FIELD}( +{_FIELD}){{4}}"

    def __new__(cls, value: str) -> Self:
        if value in _MACROS:
            return super().__new__(cls, value)
        fields = value.split()
        if len(fields) != len(_RANGES):
            why = f"has {len(fields)} fields; a schedule has 5: {', '.join(_FIELD_NAMES)}"
            raise cls._refuse(value, why)
        for field, (low, high), name, words in zip(
            fields, _RANGES, _FIELD_NAMES, _WORDS, strict=True
        ):
            if not _field_fits(_numbers(field, words), low, high):
                raise cls._refuse(value, f"the {name} {field!r} is not within {low}-{high}")
        return super().__new__(cls, value)
