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
    for each in release_values(tree):
        severity = None if each.is_exact else Severity.WARNING
        substituted = is_substituted(tree, each.release)
        for path, message, fix in each.schema.faults(each.values, substituted=substituted):
            if message.endswith("not null"):
                continue  # Helm takes it as a request to remove the chart's value
            at = f"spec.values.{path}".rstrip(".")
            yield each.release.finding(at, message, fix, severity)


def _unknown_keys(tree: ClusterTree) -> Iterator[Finding]:
    yield from tree.charts.unread
    for each in release_values(tree):
        # Another version of the chart may have more keys.
        for path, message, fix in each.schema.unknown_keys(each.values) if each.is_exact else ():
            yield each.release.finding(f"spec.values.{path}", message, fix)


RULES = (
    Rule(
        "V06",
        "the values of a release fit the schema of its chart",
        "Helm rejects the release",
        _schema_faults,
    ),
    Rule(
        "V08",
        "the chart of a release reads the values that it sets",
        "they have no effect, and nothing says so",
        _unknown_keys,
        Severity.WARNING,
    ),
)
