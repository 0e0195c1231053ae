"""Waivers: the violations that they cover, and the problems with waivers themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from kubestrata.core.identity import Identity
from kubestrata.core.waiver import Waiver
from kubestrata.rules.violation import Finding, Location, Violation


class Waivers:
    """The waivers of a cluster, found by the rule and the object of a violation.

    `ids` are the ids of rules by their names: a waiver may have a former one.
    """

    def __init__(self, waivers: Iterable[Waiver], cluster: str, ids: Mapping[str, str]) -> None:
        self._found: dict[tuple[str, Identity], Waiver] = {}
        for waiver in waivers:
            if waiver.cluster in ("", cluster):
                rule = ids.get(waiver.rule, waiver.rule)
                self._found.setdefault((rule, waiver.object), waiver)

    def covering(self, violation: Violation) -> Waiver | None:
        """Return the first waiver of a violation; an expired one still hides it.

        A waiver of a release covers what its chart makes too.
        """
        found, chart = violation.finding, violation.finding.chart
        waiver = self._found.get((violation.rule, found.object))
        if waiver is None and chart is not None:
            return self._found.get((violation.rule, chart.release))
        return waiver


def faults_of(
    waivers: Iterable[Waiver],
    used: set[Waiver],
    cluster: str,
    today: date,
    comparing: frozenset[str] = frozenset(),
    hidden: frozenset[Identity] = frozenset(),
) -> Iterator[Finding]:
    """Yield the problems of the waivers themselves; a waiver for any cluster may be unused here.

    A waiver of `comparing` rules, by any of their names, may be unused too: once a change is
    written there is nothing to compare. So may one of a release that is `hidden`: what its chart
    makes is not known.
    """
    needed = {each.group for each in used if each.group}
    reported: set[str] = set()
    for waiver in waivers:
        if waiver.group in reported:
            continue
        place = Location(waiver.origin.file, waiver.origin.line, waiver.origin.called_from)
        what = f"waiver of {waiver.rule}"
        if waiver.cluster not in ("", cluster):
            continue
        if waiver.expires < today:
            reported.update(filter(None, [waiver.group]))
            message = f"{what} expired on {waiver.expires}; its owner is {waiver.owner}"
            yield Finding(waiver.object, place, "", message, "renew or remove it")
        elif waiver in used or waiver.declared or not waiver.cluster or waiver.rule in comparing:
            continue
        elif waiver.object not in hidden and waiver.group not in needed:
            reported.update(filter(None, [waiver.group]))
            yield Finding(waiver.object, place, "", f"{what} is not needed", "remove it")
