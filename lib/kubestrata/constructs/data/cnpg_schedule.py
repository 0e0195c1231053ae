"""Schedules of CloudNativePG, which have a field more than those of Kubernetes."""

from __future__ import annotations

import re
from typing import Self

from kubestrata.core.errors import InvalidValue
from kubestrata.core.value.cron import Cron
from kubestrata.core.value.text import Text

_FIELDS = 6
_SECONDS = re.compile(r"(\*|[0-5]?[0-9])(/[1-9][0-9]?)?(,[0-5]?[0-9])*\Z")


class CnpgSchedule(Text):
    """A six-field schedule, seconds first: `0 30 2 * * *` is half past two at night, in UTC.

    Source: ScheduledBackup's `spec.schedule`, read by robfig/cron with seconds.
    """

    __slots__ = ()

    def __new__(cls, value: str) -> Self:
        fields = value.split()
        if len(fields) != _FIELDS:
            why = f"has {len(fields)} fields; a schedule of CloudNativePG has 6, seconds first"
            fix = f"write '0 {value}'" if len(fields) == _FIELDS - 1 else None
            raise cls._refuse(value, why, fix)
        if not _SECONDS.match(fields[0]):
            raise cls._refuse(value, f"the second {fields[0]!r} is not within 0-59")
        try:
            Cron(" ".join(fields[1:]))
        except InvalidValue as error:
            raise cls._refuse(value, error.why) from None
        return super().__new__(cls, value)
