"""V08: the values of a release have keys that are in the chart's values.yaml."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.release_values import release_values
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for release, values, schema in release_values(tree):
        for fault in schema.unknown_keys(values):
            yield release.finding(f"spec.values.{fault.path}", *fault[1:])


RULE = Rule(
    "V08",
    "the values of a release have keys of its chart's values.yaml, if the chart has no schema",
    "the chart ignores them without an error, unless its templates use them",
    _judge,
    Severity.WARNING,
)
