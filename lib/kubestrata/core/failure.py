"""The reason why a command has no result, for every format."""

from __future__ import annotations

import re
from typing import NamedTuple

_LINE = re.compile(r"(.+?):(\d+)(?: .*)?")


class Failure(NamedTuple):
    """The location, the problem, the reason, and the fix if it is one step."""

    where: str
    what: str
    why: str
    fix: str | None = None

    @property
    def file(self) -> str:
        """Return the file of `where`, '' if it has no line."""
        found = _LINE.fullmatch(self.where)
        return found[1] if found else ""

    @property
    def line(self) -> int:
        """Return the line of `where`, 0 if it has none."""
        found = _LINE.fullmatch(self.where)
        return int(found[2]) if found else 0

    def __str__(self) -> str:
        text = ": ".join(part for part in (self.where, self.what, self.why) if part)
        return text + (f"\nfix: {self.fix}" if self.fix else "")
