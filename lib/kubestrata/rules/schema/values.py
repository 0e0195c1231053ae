"""V06, V08: the values of a release fit its chart."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping
from kubestrata.rules.api_group import HELM
from kubestrata.rules.placeholders import is_substituted
from kubestrata.rules.release_values import release_values
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity


def _schema_faults(tree: ClusterTree) -> Iterator[Finding]:
    for release in tree.of_kind(HELM, "HelmRelease"):
        given = release.spec.get("values")
        if given is not None and given is not mapping(given):
            yield release.finding("spec.values", f"is a {type(given).__name__}, not a mapping")
    for release, values, schema in release_values(tree):
        substituted = is_substituted(tree, release)
        for fault in schema.faults(values, substituted=substituted):
            yield release.finding(f"spec.values.{fault.path}".rstrip("."), *fault[1:])


def _unknown_keys(tree: ClusterTree) -> Iterator[Finding]:
    for release, values, schema in release_values(tree):
        for fault in schema.unknown_keys(values):
            yield release.finding(f"spec.values.{fault.path}", *fault[1:])


RULES = (
    Rule(
        "V06",
        "the values of a release fit the schema of its chart",
        "Helm rejects the release",
        _schema_faults,
    ),
    Rule(
        "V08",
        "the values of a release have keys of its chart's values.yaml, if the chart has no schema",
        "the chart ignores them without an error, unless its templates use them",
        _unknown_keys,
        Severity.WARNING,
    ),
)
