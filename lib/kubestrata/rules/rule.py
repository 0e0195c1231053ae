"""A rule: its claim, the reason behind it, and the function that checks it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from kubestrata.core.frozen import Frozen
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity

RuleCheck: TypeAlias = Callable[[ClusterTree], Iterable[Finding]]
"""Yields the problems of a cluster; reads nothing else, changes nothing, never raises."""

PROFILES = ("baseline", "restricted")
"""From the least strict to the strictest."""


class Rule(Frozen):
    """One rule of the catalogue.

    `claim` is true of a cluster that keeps the rule ("dependsOn names what exists"), `why` is the
    consequence otherwise, as a clause. `profile` is the first one that includes the rule:
    'baseline' rules always apply, 'restricted' rules only if that profile is set.
    """

    id: str
    claim: str
    why: str
    check: RuleCheck
    severity: Severity = Severity.ERROR
    profile: str = "baseline"
    also: tuple[str, ...] = ()
    """Its names in other tools: `kube-linter/run-as-non-root`."""
    compares: bool = False
    """True if it compares with the tree before a change; without one it finds nothing."""
    is_set: bool = False
    """True if a team set the severity, which then holds for every finding."""
    in_charts: Severity | None = None
    """The severity at most for objects that charts make; None if those are not checked."""
    aliases: tuple[str, ...] = ()
    """Its former ids, still valid in waivers, settings and `check --explain`."""

    def is_checked(self, profile: str) -> bool:
        """Return True if a profile includes this rule; each includes those before it."""
        return PROFILES.index(self.profile) <= PROFILES.index(profile)


def ids_by_name(rules: Iterable[Rule]) -> Mapping[str, str]:
    """Return the id of each rule by its id and by its former ids."""
    return {name: rule.id for rule in rules for name in (rule.id, *rule.aliases)}
