"""G21: Crossplane can install the kinds of a CompositeResourceDefinition."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.definition import definition_findings
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding


def _check(tree: ClusterTree) -> Iterator[Finding]:
    return definition_findings(tree, "CompositeResourceDefinition")


RULES = (
    Rule(
        "G21",
        "Crossplane can install the kinds of a CompositeResourceDefinition",
        "the API server accepts the definition, but not the CRD that Crossplane makes of it",
        _check,
    ),
)
