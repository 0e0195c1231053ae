"""Reports as JSON: one entry for each violation, then the counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubestrata.core.failure import Failure
from kubestrata.core.origin import Line, shown
from kubestrata.rules.chart_origin import ChartOrigin
from kubestrata.rules.engine import Report
from kubestrata.rules.violation import Violation


def _line(line: Line | None) -> dict[str, str | int] | None:
    return None if line is None else {"file": shown(line.file), "line": line.line}


def _chart(origin: ChartOrigin | None) -> dict[str, str] | None:
    if origin is None:
        return None
    return {
        "name": origin.chart,
        "version": origin.version,
        "template": origin.template,
        "values": origin.values,
        "release": str(origin.release),
    }


def entry(violation: Violation) -> dict[str, Any]:
    """Return one violation."""
    found = violation.finding
    return {
        "rule": violation.rule,
        "severity": violation.severity.value,
        "cluster": violation.cluster,
        "object": str(found.object),
        "path": found.path,
        "file": shown(found.place.file),
        "line": found.place.line,
        "calledFrom": _line(found.place.called_from),
        "message": found.message,
        "chart": _chart(found.chart),
        "why": violation.why,
        "fix": found.fix,
    }


def counts(reports: Sequence[Report]) -> dict[str, int]:
    """Return the number of checked objects and of each kind of result."""
    found = [violation for report in reports for violation in report.violations]
    totals = dict.fromkeys(("error", "warning", "note"), 0)
    for violation in found:
        totals[violation.severity.value] += 1
    return {
        "clusters": len(reports),
        "objects": sum(report.objects for report in reports),
        "errors": totals["error"],
        "warnings": totals["warning"],
        "notes": totals["note"],
        "waived": sum(len(report.waived) for report in reports),
        "not_checked": sum(len(report.unchecked) for report in reports),
        "cel_rules_not_checked": len({each for one in reports for each in one.unchecked_rules}),
        "keywords_not_checked": len({each for one in reports for each in one.unchecked_keywords}),
    }


def document(reports: Sequence[Report]) -> dict[str, Any]:
    """Return the violations, waived violations, unchecked objects, and the counts."""
    violations = [entry(each) for report in reports for each in report.violations]
    waived = [
        {
            **entry(each.violation),
            "reason": each.waiver.reason,
            "owner": each.waiver.owner,
            "expires": each.waiver.expires.isoformat(),
        }
        for report in reports
        for each in report.waived
    ]
    unchecked = [
        {
            "cluster": report.cluster,
            "what": each.what,
            "why": each.why,
            "file": shown(each.place.file),
            "line": each.place.line,
        }
        for report in reports
        for each in report.unchecked
    ]
    return {
        "violations": violations,
        "waived": waived,
        "not_checked": unchecked,
        "cel_rules_not_checked": [
            {"cluster": report.cluster, "rule": each}
            for report in reports
            for each in report.unchecked_rules
        ],
        "keywords_not_checked": [
            {"cluster": report.cluster, "keyword": each}
            for report in reports
            for each in report.unchecked_keywords
        ],
        "counts": counts(reports),
    }


def failed(failure: Failure) -> dict[str, Any]:
    """Return a document without a result, so that it cannot be mistaken for a clean one."""
    return {"error": failure._asdict()}
