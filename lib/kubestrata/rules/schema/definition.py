"""V07: the definition of a kind is valid."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.definition import definition_findings
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity


def _check(tree: ClusterTree) -> Iterator[Finding]:
    return definition_findings(tree, "CustomResourceDefinition")


RULES = (
    Rule(
        "V07",
        "the definition of a kind is valid",
        "the API server rejects it, and objects of its kinds cannot be checked",
        _check,
        in_charts=Severity.ERROR,
    ),
)
