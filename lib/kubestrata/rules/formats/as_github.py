"""Reports as annotations of GitHub Actions: a line each, shown beside the code."""

from __future__ import annotations

from collections.abc import Sequence

from kubestrata.core.origin import shown
from kubestrata.rules.engine import Report
from kubestrata.rules.violation import Severity, Violation

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _line(violation: Violation) -> str:
    found = violation.finding
    title = _property(f"{violation.rule} {found.object}")
    message = f"{found.path}: {found.message}" if found.path else found.message
    fix = f"\nfix: {found.fix}" if found.fix else ""
    file = _property(shown(found.place.file))
    command = _COMMANDS[violation.severity]
    return (
        f"::{command} file={file},line={found.place.line},title={title}"
        f"::{_data(f'{message}: {violation.why}{fix}')}"
    )


def render(reports: Sequence[Report]) -> str:
    """All violations as workflow commands."""
    lines = [_line(each) for report in reports for each in report.violations]
    return "".join(f"{line}\n" for line in lines)
