"""Reports as annotations of GitHub Actions: a line each, shown beside the code."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kubestrata.core.failure import Failure
from kubestrata.core.origin import shown
from kubestrata.core.plain_text import one_line
from kubestrata.rules.engine import Report
from kubestrata.rules.violation import Severity, Violation

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def _data(text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    return "%0A".join(one_line(line).replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    return one_line(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")


def _command(name: str, file: str, line: int, title: str, text: str) -> str:
    where = f"file={_property(file)},line={line}," if file else ""
    return f"::{name} {where}title={_property(title)}::{_data(text)}\n"


def render(reports: Sequence[Report], clean: Callable[[str], str]) -> str:
    """Render violations as workflow commands; `clean` removes secrets before escaping."""
    return "".join(_annotation(each, clean) for report in reports for each in report.violations)


def _annotation(violation: Violation, clean: Callable[[str], str]) -> str:
    found = violation.finding
    fix = f"\nfix: {found.fix}" if found.fix else ""
    return _command(
        _COMMANDS[violation.severity],
        clean(shown(found.place.file)),
        found.place.line,
        clean(f"{violation.rule} {found.object}"),
        clean(f"{found.text}: {violation.why}{fix}"),
    )


def failed(failure: Failure, clean: Callable[[str], str]) -> str:
    """Render one error, at the line that it names."""
    title = clean(f"kubestrata: {failure.what}")
    return _command("error", clean(failure.file), failure.line, title, clean(str(failure)))
