"""What a rule says of an object, and how bad it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kubestrata.core.identity import Identity
from kubestrata.core.origin import Line


class Severity(Enum):
    """An error stops a write; a warning is told; a note is a remark."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file: of Python for generated objects, of YAML for plain trees.

    `called_from` is the line of another Python file that asked for the construct that made it.
    """

    file: str
    line: int
    called_from: Line | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: where in the object, what is wrong with the values, the fix if one step.

    `path` is the field (`spec.rules[0].backendRefs[1].name`), '' for the object as a whole.
    """

    object: Identity
    place: Place
    path: str
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Violation:
    """A finding of one rule in one cluster."""

    rule: str
    severity: Severity
    cluster: str
    finding: Finding
    why: str

    @property
    def order(self) -> tuple[str, ...]:
        """What lists of violations are sorted by."""
        found = self.finding
        return (self.cluster, *found.object, self.rule, found.path, found.message)
