"""Schedules."""

from __future__ import annotations

import re
from typing import ClassVar, NamedTuple, Self

from kubestrata.core.value.text import Text

_MACROS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_EVERY = "@every "
_FIELD = "[0-9A-Za-z*?,/-]+"
_GO_DURATION = r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h)"
_ANY = ("*", "?")


class _Field(NamedTuple):
    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, 6, _DAYS),
)


def cron_problem(schedule: str) -> str:
    """Return why a CronJob's schedule is not valid, '' if it is.

    Source: the standard parser of robfig/cron, as the API server calls it. Sunday is 0, never 7;
    a time zone belongs into `timeZone`.
    """
    if "TZ" in schedule:
        return "holds a time zone, which belongs into timeZone"
    if schedule.startswith("@"):
        return _macro_problem(schedule)
    fields = schedule.split()
    if len(fields) != len(_FIELDS):
        names = ", ".join(each.name for each in _FIELDS)
        return f"has {len(fields)} fields; a schedule has {len(_FIELDS)}: {names}"
    for text, field in zip(fields, _FIELDS, strict=True):
        if not all(_fits(each, field) for each in text.split(",") if each):
            return f"the {field.name} {text!r} is not within {field.low}-{field.high}"
    return ""


def _macro_problem(schedule: str) -> str:
    if schedule in _MACROS:
        return ""
    if schedule.startswith(_EVERY):
        duration = schedule.removeprefix(_EVERY)
        return "" if re.fullmatch(f"({_GO_DURATION})+|0", duration) else "has no valid duration"
    return f"must be one of {', '.join(_MACROS)} or '@every 1h'"


def _fits(text: str, field: _Field) -> bool:
    span, *steps = text.split("/")
    first, *last = span.split("-")
    if len(steps) > 1 or any(not each.isdecimal() or int(each) == 0 for each in steps):
        return False
    if first in _ANY:
        return len(last) < 2
    numbers = [_number(each, field) for each in (first, *last)]
    if len(numbers) > 2 or any(each is None for each in numbers):
        return False
    known = [each for each in numbers if each is not None]
    return field.low <= known[0] <= known[-1] <= field.high


def _number(text: str, field: _Field) -> int | None:
    if text.lower() in field.words:
        return field.words.index(text.lower()) + field.low
    return int(text) if text.isdecimal() else None


class Cron(Text):
    """A five-field cron schedule in the controller's time zone, or a macro such as `@daily`.

    Source: the format of CronJob's `spec.schedule`.
    """

    __slots__ = ()
    PATTERN: ClassVar[str] = f"{'|'.join(_MACROS)}|{_EVERY}[0-9a-zµ.]+|{_FIELD}( +{_FIELD}){{4}}"

    def __new__(cls, value: str) -> Self:
        text = " ".join(value.split())
        why = cron_problem(text)
        if why:
            raise cls._refuse(value, why)
        return super().__new__(cls, text)
