"""Components that run on every cluster of monosense.io."""

from dataclasses import dataclass

from charts.clusters.monosense.settings import ClusterSettings
from kubestrata import Cluster, Flux, GitRepository, Host, Platform

# The repository; public, so Flux needs no Secret to read it.
_REPOSITORY = GitRepository(url="https://github.com/monosense-io/k8s-gitops")


@dataclass(frozen=True, slots=True)
class Shared:
    """A cluster with its shared components, for what is added to one cluster only."""

    cluster: Cluster
    settings: ClusterSettings


def build_shared(platform: Platform, settings: ClusterSettings) -> Shared:
    """Build a cluster with everything that both clusters run, dependencies first."""
    cluster = Cluster(
        platform,
        settings.name,
        domain=Host("monosense.io"),
        delivery=Flux(repository=_REPOSITORY),
        kubernetes="1.34",
    )
    return Shared(cluster, settings)
