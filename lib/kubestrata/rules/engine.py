"""Judges a cluster by all rules: everything that is wrong, sorted, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kubestrata.core.waiver import Waiver
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Unjudged
from kubestrata.rules.violation import Finding, Severity, Violation
from kubestrata.rules.waiver import covers, faults_of

WAIVERS = Rule(
    "W01",
    "a waiver is needed and has not expired",
    "what it hides is looked at again, or it is in the way",
    lambda _: (),
)
READING = Rule(
    "T01",
    "the tree can be read",
    "what cannot be read is not reconciled",
    lambda tree: tree.faults,
)


@dataclass(frozen=True, slots=True)
class Waived:
    """A violation that somebody answers for."""

    violation: Violation
    waiver: Waiver


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in one cluster, and how much was judged."""

    cluster: str
    objects: int
    violations: tuple[Violation, ...]
    waived: tuple[Waived, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()

    @property
    def errors(self) -> int:
        """How many violations stop a write."""
        return sum(each.severity is Severity.ERROR for each in self.violations)


def judge(
    tree: ClusterTree, rules: Iterable[Rule], waivers: Sequence[Waiver], today: date
) -> Report:
    """Judge one cluster; `today` decides which waivers have expired."""
    found = sorted(_violations(tree, [READING, *rules]), key=lambda each: each.order)
    kept: list[Violation] = []
    waived: list[Waived] = []
    used: set[Waiver] = set()
    for violation in dict.fromkeys(found):
        waiver = next((each for each in waivers if covers(each, violation)), None)
        if waiver is None:
            kept.append(violation)
        else:
            used.add(waiver)
            waived.append(Waived(violation, waiver))
    about = faults_of(waivers, used, tree.name, today)
    kept += [_violation(WAIVERS, tree.name, finding) for finding in about]
    return Report(
        tree.name,
        len(tree.subjects),
        tuple(sorted(kept, key=lambda each: each.order)),
        tuple(waived),
        tuple(tree.unjudged),
    )


def _violations(tree: ClusterTree, rules: Iterable[Rule]) -> Iterator[Violation]:
    for rule in rules:
        for finding in rule.judge(tree):
            yield _violation(rule, tree.name, finding)


def _violation(rule: Rule, cluster: str, finding: Finding) -> Violation:
    return Violation(rule.id, rule.severity, cluster, finding, rule.why)
