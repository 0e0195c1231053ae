"""A rule: what it claims, why that matters, and the function that judges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity

Judge: TypeAlias = Callable[[ClusterTree], Iterable[Finding]]
"""Yields what is wrong in a cluster; reads nothing else, changes nothing, never raises."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue.

    `claim` says what holds where the rule is kept ("dependsOn names what exists"), `why` what
    happens otherwise, in a clause. `profile` is the strictest in which it can be left out:
    'baseline' rules are always judged, 'restricted' ones where asked for.
    """

    id: str
    claim: str
    why: str
    judge: Judge
    severity: Severity = Severity.ERROR
    profile: str = "baseline"
    also: tuple[str, ...] = ()
    """What other tools call it: `kube-linter/run-as-non-root`."""
