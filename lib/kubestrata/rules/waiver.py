"""Exceptions that somebody answers for, until a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from kubestrata.core.identity import Identity
from kubestrata.rules.violation import Finding, Place, Violation


@dataclass(frozen=True, slots=True)
class Waiver:
    """One rule does not hold for one object: why, who says so, and until when.

    `cluster` is the cluster it is for, '' for all of them.
    """

    rule: str
    object: Identity
    reason: str
    owner: str
    expires: date
    place: Place
    cluster: str = ""

    def covers(self, violation: Violation) -> bool:
        """Whether a violation is the one that is waived; an expired waiver still hides it."""
        return (
            violation.rule == self.rule
            and violation.finding.object == self.object
            and self.cluster in ("", violation.cluster)
        )


def faults_of(
    waivers: Iterable[Waiver], used: set[Waiver], cluster: str, today: date
) -> Iterator[Finding]:
    """What is wrong with the waivers themselves."""
    for waiver in waivers:
        if waiver.cluster not in ("", cluster):
            continue
        what = f"waiver of {waiver.rule}"
        if waiver.expires < today:
            why = f"{what} expired on {waiver.expires}; {waiver.owner} answers for it"
            yield Finding(waiver.object, waiver.place, "", why, "renew or remove it")
        elif waiver not in used and waiver.cluster:
            yield Finding(waiver.object, waiver.place, "", f"{what} is not needed", "remove it")
        for field in ("reason", "owner"):
            if not getattr(waiver, field).strip():
                yield Finding(waiver.object, waiver.place, "", f"{what} has no {field}", "say it")
