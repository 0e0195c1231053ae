"""Findings of rules about objects, and their severity."""

from __future__ import annotations

from enum import Enum

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.origin import Line
from kubestrata.rules.chart_origin import ChartOrigin


class Severity(Enum):
    """An error prevents a write; a warning is reported; a note is a remark."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    def at_most(self, limit: Severity) -> Severity:
        """Return the less severe of two."""
        order = list(Severity)
        return max(self, limit, key=order.index)


class Location(Frozen):
    """A line of a file: of Python for generated objects, of YAML for plain trees.

    `called_from` is the line of another Python file that called the construct which created it.
    """

    file: str
    line: int
    called_from: Line | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Finding(Frozen):
    """A finding of a rule: the path, the problem with its values, the fix if one step.

    `path` is the field (`spec.rules[0].backendRefs[1].name`), '' for the object as a whole.
    `severity` is set where it differs from that of the rule, because this case is less certain.
    `chart` is set if the object was made by a chart; the place is then that of its release.
    """

    object: Identity
    place: Location
    path: str
    message: str
    fix: str = ""
    severity: Severity | None = None
    chart: ChartOrigin | None = None

    @property
    def text(self) -> str:
        """Return the path and the message, and the template if a chart made the object."""
        text = f"{self.path}: {self.message}" if self.path else self.message
        return text if self.chart is None else f"{text} ({self.chart})"


class Violation(Frozen):
    """A finding of one rule in one cluster."""

    rule: str
    severity: Severity
    cluster: str
    finding: Finding
    why: str

    @property
    def order(self) -> tuple[str, ...]:
        """Return the sort key of lists of violations."""
        found = self.finding
        return (self.cluster, *found.object, self.rule, found.path, found.message)
