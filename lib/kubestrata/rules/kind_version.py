"""Versions of a custom kind: that of the bindings, and that of what defines it in a cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from kubestrata.bindings import IndexedKind, SchemaSource, read_sources
from kubestrata.core.bindings_path import binding_folders
from kubestrata.core.frozen import Frozen
from kubestrata.rules.defined_kind import kinds_defined
from kubestrata.rules.field import mapping_at
from kubestrata.rules.provider import repository_of
from kubestrata.rules.subject import ClusterTree, Subject

_VERSION = re.compile(r"(?<![\d.])v?(\d+\.\d+(?:\.\d+)?(?:-[0-9A-Za-z.]+)?)(?![\d.]*\d)")
_CATALOGUES = ("metio/kube-custom-resources-rs",)
"""Repositories of other projects' definitions; their versions are their own."""
VALUES = ".schema.json"
"""The end of the address of a schema of a chart's values."""
_PROGRAM = "app.kubernetes.io/version"
_LABELS = (
    "gateway.networking.k8s.io/bundle-version",
    _PROGRAM,
    "helm.sh/chart",
)


class KindVersion(Frozen):
    """A project and its version: `grafana-operator` and `5.24.0`, each '' if it is not known."""

    project: str
    version: str

    def __str__(self) -> str:
        return f"{self.project} {self.version}".strip()


def plain_version(text: str) -> str:
    """Return `5.24.0` of `v5.24.0` or `helm-chart-5.24.0`, '' if there is no version."""
    found = _VERSION.search(text)
    return found[1] if found else ""


def bound_version(kind: IndexedKind, folders: tuple[Path, ...] = ()) -> KindVersion | None:
    """Return the version from which the bindings of a kind were made, None if it is not known."""
    sources = _sources(folders or tuple(binding_folders())).get(kind.package, ())
    crds = [each for each in sources if not each.address.endswith(VALUES)]
    own = [each for each in crds if f"_{kind.plural}." in each.address] or crds
    found = {version for each in own if (version := _of_source(each)) is not None}
    return found.pop() if len(found) == 1 else None


def bound_values_version(chart: str, folders: tuple[Path, ...] = ()) -> str:
    """Return the version from which the typed values of a chart were made, '' if there are none."""
    sources = _sources(folders or tuple(binding_folders())).get(chart.replace("-", "_"), ())
    found = [plain_version(each.version) for each in sources if each.address.endswith(VALUES)]
    return found[0] if found else ""


def program_version(tree: ClusterTree, release: Subject) -> str:
    """Return the version of the program of a rendered release, '' if its labels do not show it.

    Most charts put their `appVersion` in the label `app.kubernetes.io/version` of what they make,
    some their own version.
    """
    found = {
        version
        for each in tree.subjects
        if each.chart is not None and each.chart.release == release.identity
        if (version := plain_version(str(each.labels.get(_PROGRAM, ""))))
        if version != plain_version(each.chart.version)
    }
    return found.pop() if len(found) == 1 else ""


def _of_source(source: SchemaSource) -> KindVersion | None:
    repository, version = repository_of(source.address), plain_version(source.version)
    if repository in _CATALOGUES or not version:
        return None
    return KindVersion(repository.rpartition("/")[2], version)


@cache
def _sources(folders: tuple[Path, ...]) -> Mapping[str, tuple[SchemaSource, ...]]:
    """Return the sources of each package; the first folder with a package wins."""
    found: dict[str, tuple[SchemaSource, ...]] = {}
    for folder in reversed(folders):
        own: dict[str, list[SchemaSource]] = {}
        for each in read_sources(folder.parent):
            own.setdefault(each.package, []).append(each)
        found |= {package: tuple(each) for package, each in own.items()}
    return found


def deployed_version(tree: ClusterTree, group: str, kind: str) -> KindVersion | None:
    """Return the version of what defines a kind in a cluster.

    It is that of the chart, if the chart has the version of its program; else that in the labels
    and annotations of the CRD. None for a kind that no object of the cluster defines.
    """
    definition = kinds_defined(tree).by.get((group, kind))
    if definition is None:
        return None
    chart = definition.chart
    if chart is not None:
        known = tree.knowledge.charts.get(chart.chart)
        same = known is not None and known.same_version
        return KindVersion(
            chart.chart if same else f"chart {chart.chart}", plain_version(chart.version)
        )
    found = (plain_version(each) for each in _labels(definition))
    version = next((each for each in found if each), "")
    return KindVersion("" if version else f"the CRD of {definition.place}", version)


def _labels(definition: Subject) -> Iterator[str]:
    for place in ("metadata.annotations", "metadata.labels"):
        found = mapping_at(definition.manifest, place)
        yield from (str(found[name]) for name in _LABELS if name in found)
