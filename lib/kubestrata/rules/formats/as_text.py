"""Reports for people: errors with the fix below each line, then counts.

What several clusters have in common is one entry that names them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TypeAlias

from kubestrata.core.identity import Identity
from kubestrata.core.origin import shown
from kubestrata.core.plain_text import (
    BOLD,
    CYAN,
    DIM,
    RED,
    YELLOW,
    PrintedLine,
    Span,
    one_line,
)
from kubestrata.rules.checked_object import NOT_RENDERED
from kubestrata.rules.engine import ENCRYPTED, NO_SCHEMA, Report
from kubestrata.rules.formats.as_json import counts
from kubestrata.rules.violation import Finding, Severity, Violation

_COLOURS = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.NOTE: CYAN}

_Key: TypeAlias = tuple[str, Severity, Finding]
_SHOWN = 5


def render(reports: Sequence[Report]) -> str:
    """Render a report as plain text."""
    made = lines(reports)
    return "".join(f"{one_line(''.join(span.text for span in each))}\n" for each in made)


def lines(
    reports: Sequence[Report], *, by_rule: bool = False, verbose: bool = False
) -> Iterator[PrintedLine]:
    """Yield errors by object, warnings and notes as counts by rule, and what was not checked.

    Verbose lists each warning, note, object and CEL rule; of what charts make, only how often a
    rule found something in a release. `by_rule` lists violations by rule, each of them.
    """
    whole = verbose or by_rule
    for clusters, found in _by_clusters(reports):
        printed = [each for each in found if whole or each.severity is Severity.ERROR]
        folded = _folded(() if by_rule else printed)
        apart = {id(each) for several in folded.values() for each in several}
        single = [each for each in printed if id(each) not in apart]
        yield from violation_lines(_named(clusters), single, by_rule=by_rule)
        yield from _of_charts(_named(clusters), folded)
    if not whole:
        yield from _counted(reports)
    yield from _shared((each.cluster, _unchecked(each, verbose=verbose)) for each in reports)
    yield (Span(_summary(reports)),)


def _counted(reports: Sequence[Report]) -> Iterator[PrintedLine]:
    """Yield the number of warnings and of notes of each rule."""
    violations = _distinct(reports)
    for severity in (Severity.WARNING, Severity.NOTE):
        found = Counter((each.rule, each.why) for each in violations if each.severity is severity)
        for (rule, why), count in sorted(found.items()):
            level = f"{severity.value}{'s' if count > 1 else ''}"
            yield Span(f"{count} "), Span(level, _COLOURS[severity]), Span(f" {rule}: {why}")


def _shared(notes: Iterable[tuple[str, Iterable[PrintedLine]]]) -> Iterator[PrintedLine]:
    """Yield equal lines of several clusters once, with the names of the clusters."""
    clusters: dict[PrintedLine, dict[str, None]] = {}
    for cluster, found in notes:
        for each in found:
            clusters.setdefault(each, {})[cluster] = None
    for line, names in clusters.items():
        yield (Span(f"{_named(tuple(names))}: "), *line)


def _unchecked(report: Report, *, verbose: bool) -> Iterator[PrintedLine]:
    """Yield what was not checked in a cluster."""
    yield from _unchecked_inputs(report, verbose=verbose)
    for keyword in report.unchecked_keywords:
        yield (Span(f"schema keyword not checked: {keyword}"),)
    for rule in report.unchecked_rules if verbose else ():
        yield (Span(f"CEL rule not checked: {rule}"),)


def _unchecked_inputs(report: Report, *, verbose: bool) -> Iterator[PrintedLine]:
    """Yield inputs, once for each reason, then objects, once for each API group and reason."""
    releases: Counter[str] = Counter()
    groups: dict[tuple[str, str], Counter[str]] = {}
    places: dict[tuple[str, str], list[str]] = {}
    for each in report.unchecked:
        place = f"{shown(each.place.file)}:{each.place.line}"
        if each.why in (NO_SCHEMA, ENCRYPTED) and not verbose:
            kind, _, group = each.what.partition(" ")[0].partition(".")
            groups.setdefault((group or "core", each.why), Counter())[kind] += 1
        elif each.why.startswith(NOT_RENDERED) and not verbose:
            releases[each.why] += 1
        else:
            places.setdefault((each.what, each.why), []).append(place)
    for (what, why), found in places.items():
        where = _named(found) if verbose else _named(found, 1)
        yield Span(f"not checked: {what}: {why} "), Span(f"({where})", DIM)
    for (group, why), kinds in sorted(groups.items()):
        several = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        yield (Span(f"not checked: {group}: {several}: {why}"),)
    for why, count in sorted(releases.items()):
        what = f"the objects of {count} {'releases' if count > 1 else 'release'}"
        yield (Span(f"not checked: {what}: {why}"),)


def violation_lines(
    cluster: str, violations: Sequence[Violation], *, by_rule: bool = False
) -> Iterator[PrintedLine]:
    """Yield the violations of one cluster, grouped by object or by rule, without counts."""
    for title, found in _by_rule(violations) if by_rule else _by_object(violations):
        yield Span(f"{cluster}: "), Span(title, BOLD)
        for violation in found:
            yield from _violation_line(violation, by_rule=by_rule)


def _folded(violations: Sequence[Violation]) -> Mapping[tuple[Identity, str], list[Violation]]:
    """Return the warnings and notes about what charts make, by release and rule, several each."""
    found: dict[tuple[Identity, str], list[Violation]] = {}
    for each in violations:
        chart = each.finding.chart
        if chart is not None and each.severity is not Severity.ERROR:
            found.setdefault((chart.release, each.rule), []).append(each)
    return {key: several for key, several in found.items() if len(several) > 1}


def _of_charts(
    cluster: str, folded: Mapping[tuple[Identity, str], list[Violation]]
) -> Iterator[PrintedLine]:
    """Yield a line for each release and rule."""
    ordered = sorted(folded.items(), key=lambda each: (str(each[0][0]), each[0][1]))
    for release, several in groupby(ordered, key=lambda each: each[0][0]):
        yield Span(f"{cluster}: "), Span(str(release), BOLD)
        for (_, rule), found in several:
            first = found[0]
            objects, chart = len({each.finding.object for each in found}), first.finding.chart
            where = "" if chart is None else f"chart {chart.chart} {chart.version}"
            of = f"{objects} objects" if objects > 1 else "1 object"
            text = f" {rule} {len(found)} times in {of} of {where}: {first.why} "
            place = f"{shown(first.finding.place.file)}:{first.finding.place.line}"
            level = Span(first.severity.value, _COLOURS[first.severity])
            yield Span("  "), level, Span(text), Span(place, DIM)


def _by_clusters(
    reports: Sequence[Report],
) -> Iterator[tuple[tuple[str, ...], list[Violation]]]:
    """Yield the violations with the clusters that have them, in the order of the first ones."""
    clusters: dict[_Key, list[str]] = {}
    for report in reports:
        for each in report.violations:
            clusters.setdefault(_key(each), []).append(report.cluster)
    reported: set[_Key] = set()
    for report in reports:
        new = [each for each in report.violations if _key(each) not in reported]
        reported.update(map(_key, new))
        several: dict[tuple[str, ...], list[Violation]] = {}
        for each in new:
            several.setdefault(tuple(clusters[_key(each)]), []).append(each)
        yield from several.items()


def _key(violation: Violation) -> _Key:
    return violation.rule, violation.severity, violation.finding


def _distinct(reports: Sequence[Report]) -> Collection[Violation]:
    """Return the violations, one for each that several clusters have."""
    return {_key(each): each for report in reports for each in report.violations}.values()


def _named(clusters: Sequence[str], most: int = _SHOWN) -> str:
    names = ", ".join(clusters[:most])
    more = len(clusters) - most
    return f"{names} and {more} more" if more > 0 else names


def _by_object(violations: Sequence[Violation]) -> Iterator[tuple[str, list[Violation]]]:
    for identity, found in groupby(violations, key=lambda each: each.finding.object):
        yield str(identity), list(found)


def _by_rule(every: Sequence[Violation]) -> Iterator[tuple[str, list[Violation]]]:
    ordered = sorted(every, key=lambda each: (each.rule, each.order))
    for rule, found in groupby(ordered, key=lambda each: each.rule):
        violations = list(found)
        yield f"{rule} ({violations[0].why})", violations


def _violation_line(violation: Violation, *, by_rule: bool) -> Iterator[PrintedLine]:
    found = violation.finding
    who = str(found.object) if by_rule else violation.rule
    why = "" if by_rule else f": {violation.why}"
    severity = Span(violation.severity.value, _COLOURS[violation.severity])
    place = Span(f"{shown(found.place.file)}:{found.place.line}", DIM)
    yield Span("  "), severity, Span(f" {who} {found.text}{why} "), place
    if found.fix:
        yield (Span(f"      fix: {found.fix}"),)
    if found.place.called_from is not None:
        yield (Span(f"      called from {found.place.called_from}", DIM),)


def _summary(reports: Sequence[Report]) -> str:
    """Return the counts; what several clusters have in common counts once."""
    totals = counts(reports)
    found = Counter(each.severity for each in _distinct(reports))
    unchecked = {(each.what, each.why, each.place) for one in reports for each in one.unchecked}
    parts = [
        f"{totals['objects']} objects checked",
        f"{found[Severity.ERROR]} errors",
        f"{found[Severity.WARNING]} warnings",
        f"{found[Severity.NOTE]} notes",
        f"{totals['waived']} waived",
        f"{len(unchecked)} not checked",
    ]
    if rules := totals["cel_rules_not_checked"]:
        parts.append(f"{rules} CEL rules not checked")
    if keywords := totals["keywords_not_checked"]:
        parts.append(f"{keywords} schema keywords not checked")
    return ", ".join(parts)
