"""Output formats that the commands share."""

from __future__ import annotations

from enum import Enum


class Format(Enum):
    """The values of `--output`."""

    TEXT = "text"
    JSON = "json"
