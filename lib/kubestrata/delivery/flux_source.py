"""Where Flux reads: this repository, other repositories, chart repositories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubestrata.core.cluster import Cluster
from kubestrata.core.errors import DuplicateObject
from kubestrata.core.json_value import Manifest
from kubestrata.core.source import ChartRepository, RemoteManifests
from kubestrata.core.written import Located
from kubestrata.delivery.flux_object import ROOT, flux_object
from kubestrata.delivery.unit import Unit

if TYPE_CHECKING:
    from kubestrata.delivery.flux import Flux

_ROOT_INTERVAL = "1m"


def root(flux: Flux) -> Manifest:
    """The GitRepository that holds the output."""
    spec: Manifest = {
        "interval": _ROOT_INTERVAL,
        "url": flux.repository.url,
        "ref": {"branch": flux.repository.branch},
    }
    if flux.repository.secret is not None:
        spec["secretRef"] = {"name": flux.repository.secret}
    return flux_object(flux.namespace, "source", "GitRepository", ROOT, spec)


def remote(flux: Flux, unit: Unit, source: RemoteManifests) -> Manifest:
    """The GitRepository of somebody else, at one commit or tag."""
    spec = {
        "interval": str(flux.source_interval),
        "url": source.url,
        "ref": source.revision,
    }
    return flux_object(flux.namespace, "source", "GitRepository", unit.name, spec)


def chart_repositories(flux: Flux, cluster: Cluster) -> Iterator[tuple[Manifest, Located]]:
    """One HelmRepository for each that a release uses, by name, and the line of its first use.

    Raises DuplicateObject where two releases name one repository differently.
    """
    by_name: dict[str, tuple[ChartRepository, Located]] = {}
    by_url: dict[str, tuple[ChartRepository, Located]] = {}
    for component in cluster.components:
        for repository, origin in component.repositories:
            for known in (by_name.get(repository.name), by_url.get(repository.url)):
                if known is not None and known[0] != repository:
                    what = f"chart repository {repository.name!r} ({repository.url})"
                    why = f"{known[0].name!r} is {known[0].url} at {known[1]}"
                    raise DuplicateObject(str(origin), what, why, "use one ChartRepository value")
            by_name.setdefault(repository.name, (repository, origin))
            by_url.setdefault(repository.url, (repository, origin))
    for name in sorted(by_name):
        yield _helm_repository(flux, by_name[name][0]), by_name[name][1]


def _helm_repository(flux: Flux, repository: ChartRepository) -> Manifest:
    kind: Manifest = {"type": "oci"} if repository.is_oci else {}
    spec = {"interval": str(flux.source_interval), **kind, "url": repository.url}
    return flux_object(flux.namespace, "source", "HelmRepository", repository.name, spec)
