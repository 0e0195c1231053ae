"""The chart that a HelmRelease installs, its version, and its CRDs."""

from __future__ import annotations

from dataclasses import dataclass

from kubestrata.core.json_value import mapping, sequence
from kubestrata.knowledge import ChartFact
from kubestrata.rules.api_group import SOURCE
from kubestrata.rules.field import mapping_at, value_at
from kubestrata.rules.subject import ClusterTree, Subject

_OFF = ("installCRDs", "crds.enabled", "crds.install", "crds.create")


@dataclass(frozen=True, slots=True)
class ChartUse:
    """The chart of a release; `version` is '' where none is pinned."""

    name: str
    version: str
    known: ChartFact | None
    """The facts about the chart; None for one that comes from a folder of the source."""
    local: bool = False


def chart_of(tree: ClusterTree, release: Subject) -> ChartUse | None:
    """Return the chart that a HelmRelease installs, None if its source is not in the tree."""
    charts, spec = tree.knowledge.charts, mapping_at(release.spec, "chart.spec")
    if name := spec.get("chart"):
        kind = mapping(spec.get("sourceRef")).get("kind")
        local = kind in ("GitRepository", "Bucket", "ExternalArtifact")
        chart = str(name).rpartition("/")[2]
        known = None if local else charts.get(chart)
        return ChartUse(chart, str(spec.get("version", "")), known, local)
    reference = mapping(release.spec.get("chartRef"))
    space = str(reference.get("namespace") or release.namespace)
    kind, called = str(reference.get("kind", "")), str(reference.get("name", ""))
    source = tree.get(SOURCE, kind, space, called)
    if source is None:
        return None
    if kind == "HelmChart":
        chart = str(source.spec.get("chart", "")).rpartition("/")[2]
        return ChartUse(chart, str(source.spec.get("version", "")), charts.get(chart))
    if kind != "OCIRepository":
        return None
    chart = str(source.spec.get("url", "")).rstrip("/").rpartition("/")[2]
    tag = mapping(source.spec.get("ref")).get("tag", "")
    return ChartUse(chart, str(tag), charts.get(chart))


def brings_crds(release: Subject, chart: ChartFact) -> bool | None:
    """Return True if a release installs its chart's CRDs, None if its values do not show it."""
    values = mapping(release.spec.get("values"))
    if any(value_at(values, switch) is False for switch in _OFF):
        return False
    if chart.crds_from == "folder":
        return mapping(release.spec.get("install")).get("crds") != "Skip"
    if not chart.switches:
        return True
    if any(value_at(values, switch) is True for switch in chart.switches):
        return True
    return None if sequence(release.spec.get("valuesFrom")) else False
