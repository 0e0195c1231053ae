"""Reports for people: by object, with the fix below each line, and what was judged at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from kubestrata.core.origin import shown
from kubestrata.rules.engine import Report
from kubestrata.rules.formats.as_json import counts
from kubestrata.rules.violation import Severity, Violation

COLOURS = {Severity.ERROR: 31, Severity.WARNING: 33, Severity.NOTE: 36}
_BOLD, _DIM = 1, 2


def _plain(text: str, _code: int) -> str:
    return text


def _coloured(text: str, code: int) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"


def render(
    reports: Sequence[Report],
    *,
    colour: bool = False,
    by_rule: bool = False,
    verbose: bool = False,
) -> str:
    """All violations, grouped by object or by rule, and the counts; verbose with each CEL rule."""
    paint = _coloured if colour else _plain
    lines: list[str] = []
    for report in reports:
        groups = _by_rule(report) if by_rule else _by_object(report)
        for title, found in groups:
            lines.append(f"{report.cluster}: {paint(title, _BOLD)}")
            for violation in found:
                lines += _told(violation, paint, by_rule=by_rule)
        lines += [
            f"{report.cluster}: not judged: {each.what}: {each.why} "
            + paint(f"({shown(each.place.file)}:{each.place.line})", _DIM)
            for each in report.unjudged
        ]
        lines += [
            f"{report.cluster}: schema keyword not checked: {each}"
            for each in report.unchecked_keywords
        ]
        if verbose:
            lines += [
                f"{report.cluster}: CEL rule not judged: {each}" for each in report.unjudged_rules
            ]
    return "\n".join([*lines, _summary(reports), ""])


def _by_object(report: Report) -> Iterator[tuple[str, list[Violation]]]:
    for identity, found in groupby(report.violations, key=lambda each: each.finding.object):
        yield str(identity), list(found)


def _by_rule(report: Report) -> Iterator[tuple[str, list[Violation]]]:
    ordered = sorted(report.violations, key=lambda each: (each.rule, each.order))
    for rule, found in groupby(ordered, key=lambda each: each.rule):
        violations = list(found)
        yield f"{rule} ({violations[0].why})", violations


def _told(
    violation: Violation, paint: Callable[[str, int], str], *, by_rule: bool
) -> Iterator[str]:
    found = violation.finding
    severity = paint(violation.severity.value, COLOURS[violation.severity])
    place = paint(f"{shown(found.place.file)}:{found.place.line}", _DIM)
    what = f"{found.path}: {found.message}" if found.path else found.message
    who = str(found.object) if by_rule else violation.rule
    why = "" if by_rule else f": {violation.why}"
    yield f"  {severity} {who} {what}{why} {place}"
    if found.fix:
        yield f"      fix: {found.fix}"
    if found.place.called_from is not None:
        yield paint(f"      called from {found.place.called_from}", _DIM)


def _summary(reports: Sequence[Report]) -> str:
    told = counts(reports)
    parts = [
        f"{told['objects']} objects judged",
        f"{told['errors']} errors",
        f"{told['warnings']} warnings",
        f"{told['notes']} notes",
        f"{told['waived']} waived",
        f"{told['not_judged']} not judged",
    ]
    if rules := told["cel_rules_not_judged"]:
        parts.append(f"{rules} CEL rules not judged")
    if keywords := told["keywords_not_checked"]:
        parts.append(f"{keywords} schema keywords not checked")
    return ", ".join(parts)
