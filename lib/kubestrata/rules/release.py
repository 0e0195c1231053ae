"""The chart that a HelmRelease installs, its version, and its CRDs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.knowledge import ChartFact
from kubestrata.rules.api_group import SOURCE
from kubestrata.rules.field import mapping_at, value_at
from kubestrata.rules.subject import ClusterTree, Subject

_LONGEST_NAME = 53
_DIGITS = 12
_OFF = ("installCRDs", "crds.enabled", "crds.install", "crds.create")


class ChartUse(Frozen):
    """The chart of a release; `version` is '' where none is pinned.

    `source` is where the chart comes from, as in `kubestrata.helm.chart_source`: '' if the
    object with the address is not in the tree. A `local` chart is in the folder `path` of the
    source `origin`.
    """

    name: str
    version: str
    known: ChartFact | None
    """The facts about the chart; None for one that comes from a folder of the source."""
    local: bool = False
    source: str = ""
    path: str = ""
    origin: Identity | None = None


def chart_of(tree: ClusterTree, release: Subject) -> ChartUse | None:
    """Return the chart that a HelmRelease installs, None if its source is not in the tree."""
    spec = mapping_at(release.spec, "chart.spec")
    if spec.get("chart"):
        return _from_repository(tree, spec, release.namespace)
    reference = mapping(release.spec.get("chartRef"))
    space = str(reference.get("namespace") or release.namespace)
    kind, called = str(reference.get("kind", "")), str(reference.get("name", ""))
    source = tree.get(SOURCE, kind, space, called)
    if source is None:
        return None
    if kind == "HelmChart":
        return _from_repository(tree, source.spec, source.namespace)
    if kind != "OCIRepository":
        return None
    url = str(source.spec.get("url", "")).rstrip("/")
    chart, ref = url.rpartition("/")[2], mapping(source.spec.get("ref"))
    tag = str(ref.get("tag") or ref.get("semver") or "").replace("_", "+")
    return ChartUse(chart, tag, tree.knowledge.charts.get(chart), source=url)


def _from_repository(tree: ClusterTree, spec: Mapping[str, Any], namespace: str) -> ChartUse:
    """Return the chart of a HelmChart, or of the template for one in a HelmRelease."""
    named = mapping(spec.get("sourceRef"))
    kind, path = str(named.get("kind", "")), str(spec.get("chart", ""))
    space = str(named.get("namespace") or namespace)
    origin = Identity(SOURCE, kind, space, str(named.get("name", "")))
    source = tree.by_identity.get(origin)
    url = "" if source is None else str(source.spec.get("url", "")).rstrip("/")
    name, version = path.rstrip("/").rpartition("/")[2], str(spec.get("version") or "")
    if kind in ("GitRepository", "Bucket", "ExternalArtifact"):
        address = ""
        if source is not None and kind == "GitRepository":
            ref = mapping(source.spec.get("ref"))
            at = next((ref[key] for key in ("commit", "tag", "name", "branch") if ref.get(key)), "")
            address = f"git+{url}@{at or 'master'}#{path.removeprefix('./')}"
        folder = path.removeprefix("./").strip("/")
        return ChartUse(name, version, None, local=True, source=address, path=folder, origin=origin)
    if url.startswith("oci://"):
        url = f"{url}/{path}"
    return ChartUse(name, version, tree.knowledge.charts.get(name), source=url)


def release_name(release: Subject) -> str:
    """Return the name of the Helm release; Flux shortens one that Helm would refuse."""
    given = release.spec.get("releaseName")
    if given:
        return str(given)
    target = release.spec.get("targetNamespace")
    name = f"{target}-{release.identity.name}" if target else release.identity.name
    if len(name) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]
    return f"{name[: _LONGEST_NAME - _DIGITS - 1]}-{digest}"


def is_chart_source(source: Mapping[str, Any]) -> bool:
    """Return True for a chart of a repository, and for a folder that has settings of Helm."""
    if not source.get("repoURL") or source.get("plugin"):
        return False
    return bool(source.get("chart") or (source.get("path") and mapping(source.get("helm"))))


def chart_of_source(tree: ClusterTree, source: Mapping[str, Any]) -> ChartUse:
    """Return the chart of a source of an Application, in which a registry has no scheme."""
    path, url = str(source.get("chart") or ""), str(source.get("repoURL") or "").rstrip("/")
    version, folder = str(source.get("targetRevision") or ""), str(source.get("path") or "")
    if not path and not url.startswith("oci://"):
        folder = folder.removeprefix("./").strip("/")
        name = folder.rpartition("/")[2]
        address = f"git+{url}@{version or 'HEAD'}#{folder}"
        return ChartUse(name, "", None, local=True, source=address, path=folder)
    if not url.startswith(("https://", "http://")):
        url = "/".join(filter(None, (f"oci://{url.removeprefix('oci://')}", path)))
    name = (path or url).rpartition("/")[2]
    return ChartUse(name, version, tree.knowledge.charts.get(name), source=url)


def brings_crds(release: Subject, chart: ChartFact) -> bool | None:
    """Return True if a release installs its chart's CRDs, None if its values do not show it."""
    values = mapping(release.spec.get("values"))
    if chart.crds_from == "folder" and not is_switched_off(values):
        return mapping(release.spec.get("install")).get("crds") != "Skip"
    if values_bring_crds(values, chart) or is_switched_off(values):
        return not is_switched_off(values)
    return None if sequence(release.spec.get("valuesFrom")) else False


def is_switched_off(values: Mapping[str, Any]) -> bool:
    """Return True if values disable the CRDs of a chart."""
    return any(value_at(values, switch) is False for switch in _OFF)


def values_bring_crds(values: Mapping[str, Any], chart: ChartFact) -> bool:
    """Return True if a chart with these values installs its CRDs."""
    if is_switched_off(values):
        return False
    if chart.crds_from == "folder" or not chart.switches:
        return True
    return any(value_at(values, switch) is True for switch in chart.switches)
