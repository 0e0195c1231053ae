"""Checks a cluster with all rules: every problem, sorted, each once."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec.structs import replace

from kubestrata.core.errors import text_of
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.waiver import Waiver
from kubestrata.rules.chart_origin import ChartOrigin
from kubestrata.rules.checked_object import Coverage, coverage, unrendered
from kubestrata.rules.rule import Rule, ids_by_name
from kubestrata.rules.subject import ClusterTree, Unchecked
from kubestrata.rules.violation import Finding, Location, Severity, Violation
from kubestrata.rules.waiver import Waivers, faults_of

NO_SCHEMA = "no schema describes it"
ENCRYPTED = "it is encrypted"
WAIVERS = Rule(
    "W01",
    "a waiver is needed and has not expired",
    "a waiver for a past problem could hide a new one",
    lambda _: (),
)
READING = Rule(
    "T01",
    "the tree can be read",
    "files that cannot be read are not reconciled",
    lambda tree: tree.faults,
)
FAILED = Rule(
    "T02",
    "every rule can be evaluated",
    "its violations are unknown",
    lambda _: (),
)

RENDERED = Rule(
    "T03",
    "every release can be rendered here, if that is required",
    "the objects of its chart are not checked",
    lambda tree: tree.charts.unrendered,
    in_charts=Severity.ERROR,
)

OF_THE_CHECK = (READING, FAILED, RENDERED, WAIVERS)
"""Rules about the check itself, in no group."""


class Waived(Frozen):
    """A violation that is accepted by a waiver."""

    violation: Violation
    waiver: Waiver


class Report(Frozen):
    """The result of one cluster; `objects` is the number of objects that a schema validated.

    `unchecked_rules` are CEL rules of its kinds that could not be checked, `unchecked_keywords`
    schema keywords that could not be read; each comes with the reason.
    """

    cluster: str
    objects: int
    violations: tuple[Violation, ...]
    waived: tuple[Waived, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    unchecked_rules: tuple[str, ...] = ()
    unchecked_keywords: tuple[str, ...] = ()

    @property
    def errors(self) -> int:
        """Return the number of violations that prevent a write."""
        return sum(each.severity is Severity.ERROR for each in self.violations)


def check_tree(
    tree: ClusterTree, rules: Iterable[Rule], waivers: Sequence[Waiver], today: date
) -> Report:
    """Check one cluster; `today` decides which waivers have expired."""
    rules = tuple(rules)
    kept, waived = _sifted(tree, [READING, *rules], waivers)
    used = {each.waiver for each in waived}
    covered = coverage(tree)
    comparing = frozenset(ids_by_name(rule for rule in rules if rule.compares))
    hidden = frozenset(each.identity for each in tree.hidden_releases)
    about = faults_of(waivers, used, tree.name, today, comparing, hidden)
    kept += [_violation(WAIVERS, tree, finding) for finding in about]
    return Report(
        tree.name,
        covered.checked,
        tuple(sorted(kept, key=lambda each: each.order)),
        tuple(waived),
        (*tree.unchecked, *_without_schema(tree, covered), *unrendered(tree)),
        covered.rules,
        covered.keywords,
    )


def changes_refused(
    tree: ClusterTree, rules: Iterable[Rule], waivers: Sequence[Waiver]
) -> list[Violation]:
    """Return the violations of the comparing rules that no waiver covers."""
    return _sifted(tree, [rule for rule in rules if rule.compares], waivers)[0]


def _sifted(
    tree: ClusterTree, rules: Iterable[Rule], waivers: Sequence[Waiver]
) -> tuple[list[Violation], list[Waived]]:
    """Return the violations that remain, and those that are waived."""
    kept: list[Violation] = []
    waived: list[Waived] = []
    rules = tuple(rules)
    known = Waivers(waivers, tree.name, ids_by_name(rules))
    for violation in dict.fromkeys(sorted(_violations(tree, rules), key=lambda each: each.order)):
        waiver = known.covering(violation)
        if waiver is None:
            kept.append(violation)
        else:
            waived.append(Waived(violation, waiver))
    return kept, waived


def _without_schema(tree: ClusterTree, covered: Coverage) -> Iterator[Unchecked]:
    for identity in covered.unchecked:
        subject = tree.by_identity[identity]
        why = ENCRYPTED if subject.encrypted else NO_SCHEMA
        yield Unchecked(str(identity), why, subject.place)


def _violations(tree: ClusterTree, rules: Iterable[Rule]) -> Iterator[Violation]:
    for rule in rules:
        try:
            for finding in rule.check(tree):
                if finding.chart is None or rule.in_charts is not None:
                    yield _violation(rule, tree, finding)
        except Exception as error:  # noqa: BLE001  # a team's rule may; the others still check_tree
            yield _violation(FAILED, tree, _failure(rule, error))


def _failure(rule: Rule, error: Exception) -> Finding:
    step = traceback.extract_tb(error.__traceback__)[-1]
    what = f"{rule.id} could not be evaluated: {type(error).__name__}: {text_of(error)}"
    whole = Identity("", "Rule", "", rule.id)
    return Finding(whole, Location(step.filename, step.lineno or 1), "", what, "correct the rule")


def _violation(rule: Rule, tree: ClusterTree, finding: Finding) -> Violation:
    """Return a violation; a generated tree has no excuse, and a team's severity always counts.

    What a chart makes was written by others: there the rule's limit counts, unless a team set one.
    """
    severity = rule.severity
    written = tree.generated and finding.chart is None
    if finding.severity is not None and not rule.is_set and not written:
        severity = finding.severity
    if finding.chart is not None and rule.in_charts is not None and not rule.is_set:
        severity = severity.at_most(rule.in_charts)
    if finding.chart is not None and severity is Severity.ERROR:
        finding = _with_values(finding, finding.chart, tree.charts.values_of(finding))
    return Violation(rule.id, severity, tree.name, finding, rule.why)


def _with_values(finding: Finding, origin: ChartOrigin, values: str) -> Finding:
    """Return a finding about what a chart makes, with the values that change it."""
    fix = finding.fix or (f"set {values} in the values of {origin.release.name}" if values else "")
    return replace(finding, chart=origin._replace(values=values), fix=fix)
