"""talos: Talos on Proxmox, delivered by Flux, with Vault, single sign-on and its own DNS."""

from charts.clusters.talos.environment import STAGING, Environment
from charts.clusters.talos.machine import configure_machines
from charts.clusters.talos.namespaces import TalosNamespaces
from kubestrata import Cluster, Flux, GitRepository, Host, Platform
from kubestrata.constructs import OpenNetwork

_FLUX = Flux(
    repository=GitRepository(
        url="ssh://git@github.com/agentydragon/cluster.git",
        secret="flux-system",  # noqa: S106  # the name of a Secret
    ),
)


def talos(
    platform: Platform, *, environment: Environment = STAGING, name: str = "talos"
) -> Cluster:
    """Build the cluster with all of its components, dependencies first."""
    cluster = Cluster(
        platform,
        name,
        domain=Host("test-cluster.agentydragon.com"),
        delivery=_FLUX,
        kubernetes="1.32",
        # Cilium has no policies here; those of Flux come with its bootstrap.
        offers=[OpenNetwork()],
    )
    configure_machines(cluster, registry=cluster.host("registry"))
    TalosNamespaces(cluster)
    return cluster
