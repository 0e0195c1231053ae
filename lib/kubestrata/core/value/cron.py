"""Schedules."""

from __future__ import annotations

import re
from typing import ClassVar, NamedTuple

from kubestrata.core.value.text import Text

_MACROS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_EVERY = "@every "
_FIELD = "[0-9A-Za-z*?,/-]+"
_GO_DURATION = r"([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)"
_NANOSECONDS = {
    **dict.fromkeys(("us", "\u00b5s", "\u03bcs"), 10**3),
    "ns": 1,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_LONGEST = 2**63
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
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


def _fix(schedule: str) -> str | None:
    """Return the fix for what other programs accept as a schedule."""
    if "TZ" in schedule:
        zone, _, rest = schedule.partition(" ")
        return f"write {rest.strip()!r}, and time_zone={zone.rpartition('=')[2]!r}"
    if schedule == "@reboot":
        return "make a Job, which runs once: RunOnce(...)"
    fields = schedule.split()
    if len(fields) == len(_FIELDS) and re.search("7", fields[-1]):
        return "write 0 or sun for Sunday"
    if len(fields) == len(_FIELDS) + 1:
        return f"leave out the seconds: {' '.join(fields[1:])!r}"
    return None


def _macro_problem(schedule: str) -> str:
    if schedule in _MACROS:
        return ""
    if not schedule.startswith(_EVERY):
        return f"is not a macro: must be one of {', '.join(_MACROS)} or '@every 1h'"
    duration = schedule.removeprefix(_EVERY)
    if not re.fullmatch(f"[-+]?(({_GO_DURATION})+|0)", duration):
        return f"has no valid duration {duration!r}; write it as '90m' or '1h30m'"
    return "" if _nanoseconds(duration) < _LONGEST else "has a duration of more than 292 years"


def _nanoseconds(duration: str) -> float:
    found = re.findall(_GO_DURATION, duration)
    return sum(float(number) * _NANOSECONDS[unit] for number, _, unit in found)


def _fits(text: str, field: _Field) -> bool:
    span, *steps = text.split("/")
    first, *last = span.split("-")
    if len(steps) > 1 or not all(_is_step(each) for each in steps):
        return False
    if first in _ANY:
        return True  # the parser reads nothing behind a star
    numbers = [_number(each, field) for each in (first, *last)]
    if len(numbers) > 2 or any(each is None for each in numbers):
        return False
    known = [each for each in numbers if each is not None]
    return field.low <= known[0] <= known[-1] <= field.high


def _is_step(text: str) -> bool:
    return _INTEGER.match(text) is not None and 0 < int(text) < _LONGEST


def _number(text: str, field: _Field) -> int | None:
    if text.lower() in field.words:
        return field.words.index(text.lower()) + field.low
    return int(text) if _INTEGER.match(text) else None


class Cron(Text):
    """A five-field cron schedule in the controller's time zone, or a macro such as `@daily`.

    Blanks around and between the fields are written as one. Source: the format of CronJob's
    `spec.schedule`.
    """

    __slots__ = ()
    PATTERN: ClassVar[str] = f"{'|'.join(_MACROS)}|{_EVERY}[0-9a-zµ.]+|{_FIELD}( +{_FIELD}){{4}}"

    @classmethod
    def _checked(cls, value: str) -> str:
        text = " ".join(value.split())
        why = cron_problem(text)
        if why:
            raise cls._refuse(value, why, _fix(text))
        return text
