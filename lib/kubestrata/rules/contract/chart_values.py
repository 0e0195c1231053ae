"""The values of Helm charts as HelmReleases and Applications have them, with the chart's name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from kubestrata.core.json_value import mapping
from kubestrata.rules.api_group import ARGO, HELM
from kubestrata.rules.field import mapping_at, values
from kubestrata.rules.release import chart_of
from kubestrata.rules.subject import ClusterTree, Subject


class ChartValues(NamedTuple):
    """Values in an object at a path; `chart` is '' if it is not known."""

    subject: Subject
    path: str
    values: dict[str, Any]
    chart: str


def chart_values(tree: ClusterTree) -> Iterator[ChartValues]:
    """Yield the values that are written in HelmReleases and Applications."""
    for release in tree.of_kind(HELM, "HelmRelease"):
        chart = chart_of(tree, release)
        found = mapping(release.spec.get("values"))
        yield ChartValues(release, "spec.values", found, chart.name if chart else "")
    for application in tree.of_kind(ARGO, "Application"):
        for path, source in argo_sources(application):
            found = mapping_at(source, "helm.valuesObject")
            chart_name = str(source.get("chart") or "").rpartition("/")[2]
            yield ChartValues(application, f"{path}.helm.valuesObject", found, chart_name)


def argo_sources(application: Subject) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield path and content of the sources of an Application."""
    for path in ("spec.source", "spec.sources[]"):
        for at, source in values(application.manifest, path):
            yield at, mapping(source)
