"""How a command answers: for people, or for programs."""

from __future__ import annotations

from enum import Enum


class Format(Enum):
    """The values of `--output`."""

    TEXT = "text"
    JSON = "json"
