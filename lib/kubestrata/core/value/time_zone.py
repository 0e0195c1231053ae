"""The time zones that the API server accepts."""

from __future__ import annotations

from zoneinfo import ZoneInfo

_RULE = "must be the name of a time zone, such as Europe/Paris"


def time_zone_problem(text: str) -> str:
    """Return the rule that a time zone violates, '' if it is valid.

    On a machine without time zones every name but `Local` is.
    """
    if text.lower() == "local":
        return _RULE
    try:
        ZoneInfo("Etc/UTC")
    except (LookupError, OSError, ValueError):
        return ""
    try:
        ZoneInfo(text)
    except (LookupError, OSError, ValueError):
        return _RULE
    return ""
