"""V06: the values of a release fit the schema of its chart."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping
from kubestrata.rules.api_group import HELM, SOURCE
from kubestrata.rules.judged import catalogue_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding
from kubestrata.schema import values_faults


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    folder = catalogue_of(tree).folder
    for release in tree.of_kind(HELM, "HelmRelease"):
        given = release.spec.get("values")
        values = mapping(given)
        if given is not None and given is not values:
            yield release.finding("spec.values", f"is a {type(given).__name__}, not a mapping")
        for fault in values_faults(folder, _chart(tree, release), values):
            path = f"spec.values.{fault.path}".rstrip(".")
            yield release.finding(path, fault.message, fault.fix)


def _chart(tree: ClusterTree, release: Subject) -> str:
    """The name of the chart, '' if it cannot be told."""
    chart = mapping(mapping(release.spec.get("chart")).get("spec")).get("chart")
    if isinstance(chart, str):
        return chart.rstrip("/").rpartition("/")[2]
    ref = mapping(release.spec.get("chartRef"))
    namespace = ref.get("namespace") or release.namespace
    group, kind = SOURCE, str(ref.get("kind"))
    source = tree.get(group, kind, str(namespace), str(ref.get("name")))
    if source is None:
        return ""
    named = source.spec.get("chart") or source.spec.get("url") or ""
    return str(named).rstrip("/").rpartition("/")[2]


RULE = Rule(
    "V06",
    "the values of a release fit the schema of its chart",
    "Helm refuses the release",
    _judge,
)
