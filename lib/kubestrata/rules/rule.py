"""A rule: what it claims, why that matters, and the function that judges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity

Judge: TypeAlias = Callable[[ClusterTree], Iterable[Finding]]
"""Yields what is wrong in a cluster; reads nothing else, changes nothing, never raises."""

PROFILES = ("baseline", "restricted")
"""From the least that is asked of a cluster to the most."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue.

    `claim` says what holds where the rule is kept ("dependsOn names what exists"), `why` what
    happens otherwise, in a clause. `profile` is the one from which on the rule is judged:
    'baseline' rules always, 'restricted' rules only where the restricted profile is asked for.
    """

    id: str
    claim: str
    why: str
    judge: Judge
    severity: Severity = Severity.ERROR
    profile: str = "baseline"
    also: tuple[str, ...] = ()
    """What other tools call it: `kube-linter/run-as-non-root`."""
    compares: bool = False
    """Whether it needs the tree before a change; without one it finds nothing."""

    def is_judged(self, profile: str) -> bool:
        """Whether a profile includes this rule; each includes those before it."""
        return PROFILES.index(self.profile) <= PROFILES.index(profile)
