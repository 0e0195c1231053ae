"""Schedules of CronJobs: five fields, or a word that begins with '@'."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from kubestrata.schema.format import is_duration

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_Names: TypeAlias = Mapping[str, int]
_NONE: _Names = {}
_FIELDS: tuple[tuple[str, int, int, _Names], ...] = (
    ("the minute", 0, 59, _NONE),
    ("the hour", 0, 23, _NONE),
    ("the day", 1, 31, _NONE),
    ("the month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("the weekday", 0, 6, {name: number for number, name in enumerate(_DAYS)}),
)
_WORDS = frozenset(
    ["@annually", "@daily", "@hourly", "@midnight", "@monthly", "@weekly", "@yearly"]
)
_RANGE = re.compile(r"(?P<first>\*|\?|\w+)(-(?P<last>\w+))?(/(?P<step>\d+))?", re.ASCII)


def schedule_problem(text: str) -> str:
    """Return why a text is not a valid schedule, '' if it is one."""
    if "TZ" in text:
        return "must have no time zone; spec.timeZone has it"
    if text.startswith("@"):
        every = text.removeprefix("@every ")
        good = text in _WORDS or (every != text and is_duration(every))
        return "" if good else "must be a word such as @daily, or @every and a duration"
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return "must be minute, hour, day, month and weekday"
    for field, (what, low, high, names) in zip(fields, _FIELDS, strict=True):
        if not all(_is_range(each, low, high, names) for each in field.split(",")):
            return f"{what} must be {low} to {high}, not {field!r}"
    return ""


def _is_range(text: str, low: int, high: int, names: _Names) -> bool:
    found = _RANGE.fullmatch(text)
    if found is None or found["step"] == "0":
        return False
    if found["first"] in ("*", "?"):
        return found["last"] is None
    first = _number(found["first"], names)
    last = first if found["last"] is None else _number(found["last"], names)
    return first is not None and last is not None and low <= first <= last <= high


def _number(text: str, names: _Names) -> int | None:
    return int(text) if text.isdecimal() else names.get(text.lower())
