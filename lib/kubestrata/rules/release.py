"""What a HelmRelease installs: its chart, at which version, with which CRDs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import SOURCE
from kubestrata.rules.known_charts import CHARTS, KnownChart
from kubestrata.rules.subject import ClusterTree, Subject

_OFF = ("installCRDs", "crds.enabled", "crds.install", "crds.create")


@dataclass(frozen=True, slots=True)
class ChartUse:
    """The chart of a release; `version` is '' where none is pinned."""

    name: str
    version: str
    local: bool = False

    @property
    def known(self) -> KnownChart | None:
        """What is known of the chart."""
        return None if self.local else CHARTS.get(self.name)


def chart_of(tree: ClusterTree, release: Subject) -> ChartUse | None:
    """The chart that a HelmRelease installs, None where its source is not in the tree."""
    spec = mapping(mapping(release.spec.get("chart")).get("spec"))
    if name := spec.get("chart"):
        kind = mapping(spec.get("sourceRef")).get("kind")
        local = kind in ("GitRepository", "Bucket", "ExternalArtifact")
        return ChartUse(str(name).rpartition("/")[2], str(spec.get("version", "")), local)
    reference = mapping(release.spec.get("chartRef"))
    space = str(reference.get("namespace") or release.namespace)
    kind, called = str(reference.get("kind", "")), str(reference.get("name", ""))
    source = tree.get(SOURCE, kind, space, called)
    if source is None:
        return None
    if kind == "HelmChart":
        chart = str(source.spec.get("chart", "")).rpartition("/")[2]
        return ChartUse(chart, str(source.spec.get("version", "")))
    if kind != "OCIRepository":
        return None
    url = str(source.spec.get("url", "")).rstrip("/")
    tag = mapping(source.spec.get("ref")).get("tag", "")
    return ChartUse(url.rpartition("/")[2], str(tag))


def brings_crds(release: Subject, chart: KnownChart) -> bool | None:
    """Whether a release installs its chart's CRDs, None where its values do not tell."""
    values = release.spec.get("values")
    if any(_at(values, switch) is False for switch in _OFF):
        return False
    if chart.folder:
        return mapping(release.spec.get("install")).get("crds") != "Skip"
    if not chart.switches:
        return True
    if any(_at(values, switch) is True for switch in chart.switches):
        return True
    return None if sequence(release.spec.get("valuesFrom")) else False


def _at(values: Any, path: str) -> Any:
    for key in path.split("."):
        values = mapping(values).get(key)
    return values
