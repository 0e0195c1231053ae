"""Reports as JUnit XML: a suite for each cluster, a case for each rule."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from kubestrata.core.failure import Failure
from kubestrata.core.origin import shown
from kubestrata.core.plain_text import one_line
from kubestrata.rules.engine import Report
from kubestrata.rules.rule import Rule
from kubestrata.rules.violation import Severity, Violation


def _line(violation: Violation) -> str:
    found = violation.finding
    fix = f" [{found.fix}]" if found.fix else ""
    where = f"{shown(found.place.file)}:{found.place.line}"
    return one_line(f"{found.object} {found.text}{fix} ({where})")


def document(reports: Sequence[Report], rules: Sequence[Rule]) -> ET.Element:
    """Return a case for each rule; it fails if one of its violations is an error."""
    root = ET.Element("testsuites", name="kubestrata check")
    for report in reports:
        suite = ET.SubElement(root, "testsuite", name=report.cluster)
        failures = 0
        for rule in rules:
            case = ET.SubElement(suite, "testcase", classname=rule.id, name=rule.claim)
            found = [each for each in report.violations if each.rule == rule.id]
            text = "\n".join(map(_line, found))
            if any(each.severity is Severity.ERROR for each in found):
                failures += 1
                failure = ET.SubElement(case, "failure", message=f"{len(found)} violations")
                failure.text = text
            elif found:
                ET.SubElement(case, "system-out").text = text
        suite.set("tests", str(len(rules)))
        suite.set("failures", str(failures))
    return root


def failed(failure: Failure) -> ET.Element:
    """Return one failed case: the platform could not be checked."""
    counts = {"tests": "1", "failures": "0", "errors": "1"}
    root = ET.Element("testsuites", {"name": "kubestrata check", **counts})
    suite = ET.SubElement(root, "testsuite", {"name": "kubestrata", **counts})
    case = ET.SubElement(suite, "testcase", classname="kubestrata", name="the platform is checked")
    ET.SubElement(case, "error", message=f"{failure.where}: {failure.what}").text = str(failure)
    return root
