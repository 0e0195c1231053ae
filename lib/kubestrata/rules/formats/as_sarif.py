"""Reports as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from kubestrata.core.failure import Failure
from kubestrata.core.origin import Line, shown
from kubestrata.rules.engine import Report
from kubestrata.rules.rule import Rule
from kubestrata.rules.violation import Violation

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.claim},
        "fullDescription": {"text": f"{rule.claim}: otherwise {rule.why}."},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _physical(file: str, line: int) -> dict[str, Any]:
    region = {"startLine": max(1, line)}
    return {"physicalLocation": {"artifactLocation": {"uri": shown(file)}, "region": region}}


def _related(line: Line) -> dict[str, Any]:
    return {**_physical(line.file, line.line), "message": {"text": "called from"}}


def _result(violation: Violation) -> dict[str, Any]:
    found = violation.finding
    what = f"{found.object} {found.text}"
    text = f"{what}: {violation.why}" + (f"\nfix: {found.fix}" if found.fix else "")
    identity = f"{violation.rule} {violation.cluster} {what}"
    location = {
        **_physical(found.place.file, found.place.line),
        "logicalLocations": [{"fullyQualifiedName": f"{violation.cluster}: {found.object}"}],
    }
    above = found.place.called_from
    return {
        "ruleId": violation.rule,
        "level": violation.severity.value,
        "message": {"text": text},
        "locations": [location],
        **({} if above is None else {"relatedLocations": [_related(above)]}),
        "partialFingerprints": {"object/v1": hashlib.sha256(identity.encode()).hexdigest()},
    }


def _whole(run: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def document(reports: Sequence[Report], rules: Sequence[Rule]) -> dict[str, Any]:
    """Return one run with all rules and all violations."""
    driver = {"name": "kubestrata", "rules": [_rule(rule) for rule in rules]}
    results = [_result(each) for report in reports for each in report.violations]
    return _whole({"tool": {"driver": driver}, "results": results})


def failed(failure: Failure) -> dict[str, Any]:
    """Return one run that did not complete, with the reason as a notification of the tool."""
    notification: dict[str, Any] = {"level": "error", "message": {"text": str(failure)}}
    if failure.line:
        notification["locations"] = [_physical(failure.file, failure.line)]
    invocation = {
        "executionSuccessful": False,
        "exitCode": 2,
        "toolExecutionNotifications": [notification],
    }
    driver = {"name": "kubestrata"}
    return _whole({"tool": {"driver": driver}, "invocations": [invocation], "results": []})
