"""Lengths of durations in Go's syntax."""

from __future__ import annotations

import re

_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ns|us|ms|s|m|h)")
_WHOLE = re.compile(r"0|([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+\Z")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds_of(text: object) -> float | None:
    """Return the length of a duration such as `1h30m`, None for anything else."""
    if not isinstance(text, str) or not _WHOLE.match(text):
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
