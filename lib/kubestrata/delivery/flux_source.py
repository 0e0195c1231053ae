"""Flux sources: this repository, other repositories, chart repositories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubestrata.core.cluster import Cluster
from kubestrata.core.errors import DuplicateObject
from kubestrata.core.json_value import Manifest
from kubestrata.core.source import ChartSource, OciChart, RemoteManifests
from kubestrata.core.value.duration import Duration
from kubestrata.core.written import Located
from kubestrata.delivery.flux_object import ROOT, flux_object
from kubestrata.delivery.unit import DeliveryUnit

if TYPE_CHECKING:
    from kubestrata.delivery.flux import Flux

_ROOT_INTERVAL = "1m"
_ONE_VERSION = "use the version of the catalogue for both"
# The artifact layer that helm-controller requires (source: OCIRepository spec.layerSelector).
_CHART_LAYER = {
    "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
    "operation": "copy",
}


def root(flux: Flux) -> Manifest:
    """Return the GitRepository that holds the output."""
    spec: Manifest = {
        "interval": _ROOT_INTERVAL,
        "url": flux.repository.url,
        "ref": {"branch": flux.repository.branch},
    }
    if flux.repository.secret is not None:
        spec["secretRef"] = {"name": flux.repository.secret}
    return flux_object(flux.namespace, "source", "GitRepository", ROOT, spec)


def remote(flux: Flux, unit: DeliveryUnit, source: RemoteManifests) -> Manifest:
    """Return the GitRepository of another repository, at one commit or tag."""
    spec = {
        "interval": str(flux.source_interval),
        "url": source.url,
        "ref": source.revision,
    }
    if source.files:
        spec["ignore"] = _ignore(source)
    return flux_object(flux.namespace, "source", "GitRepository", unit.name, spec)


def _ignore(source: RemoteManifests) -> str:
    """Return patterns of .gitignore that leave the files of a source only."""
    lines, at = ["/*"], ""
    for step in source.path.strip("/").split("/"):
        at += f"/{step}"
        lines += [f"!{at}", f"{at}/*"]
    return "".join(f"{each}\n" for each in [*lines, *(f"!{at}/{name}" for name in source.files)])


def charts(
    namespace: str, interval: Duration | None, cluster: Cluster
) -> Iterator[tuple[Manifest, Located]]:
    """Yield one object for each chart source, with the line of its first use.

    A HelmRepository for an index, an OCIRepository for a chart in a registry. Raises
    DuplicateObject if two releases give one source different names, or one chart two versions.
    """
    seen: dict[tuple[str, str], tuple[ChartSource, Located]] = {}
    for component in cluster.components:
        for source, origin in component.repositories:
            kind = "OCIRepository" if isinstance(source, OciChart) else "HelmRepository"
            for key in ((kind, source.name), (kind, source.url)):
                known = seen.setdefault(key, (source, origin))
                if known[0] != source:
                    raise _conflict(source, known[0], origin, known[1])
    sources = {key: value for key, value in seen.items() if key[1] == value[0].name}
    for _, (source, line) in sorted(sources.items(), key=lambda item: item[0]):
        yield _chart_source(namespace, interval, source), line


def _conflict(
    source: ChartSource, known: ChartSource, origin: Located, line: Located
) -> DuplicateObject:
    if isinstance(source, OciChart) and isinstance(known, OciChart) and source.url == known.url:
        what = f"chart {source.url!r} at {source.version!r}"
        return DuplicateObject(
            what, f"is at {known.version!r} at {line}", _ONE_VERSION, where=origin
        )
    what = f"chart repository {source.name!r} ({source.url})"
    why = f"{known.name!r} is {known.url} at {line}"
    return DuplicateObject(what, why, "use one ChartRepository value", where=origin)


def _chart_source(namespace: str, interval: Duration | None, source: ChartSource) -> Manifest:
    spec: Manifest = {} if interval is None else {"interval": str(interval)}
    spec["url"] = source.url
    if isinstance(source, OciChart):
        spec |= {"ref": {"tag": source.tag}, "layerSelector": dict(_CHART_LAYER)}
        return flux_object(namespace, "source", "OCIRepository", source.name, spec)
    return flux_object(namespace, "source", "HelmRepository", source.name, spec)
