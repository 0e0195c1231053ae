"""cloudlab: one Talos node at home, delivered by Flux, with secrets encrypted in Git."""

from charts.apps.adguard_home import AdGuardHome
from charts.apps.whoami import Whoami
from charts.clusters.cloudlab.acceptance import examine
from charts.clusters.cloudlab.bootstrap import bootstrap
from charts.clusters.cloudlab.infrastructure import NAS, found
from charts.clusters.cloudlab.machine import ADDRESS, configure_machine
from charts.clusters.cloudlab.observability import observe
from charts.clusters.cloudlab.policies import enforce
from charts.clusters.cloudlab.sign_on import sign_on
from charts.clusters.cloudlab.tooling import add_tools
from charts.observability.flux_watch import FluxWatch
from charts.observability.kube_prometheus_stack.value import MONITORING
from kubestrata import Cluster, Flux, GitRepository, Host, Platform, SopsDecryption
from kubestrata.constructs import OpenNetwork

_FLUX = Flux(
    repository=GitRepository(
        url="ssh://git@github.com/connormckinnon93/cloudlab",
        secret="flux-system",  # noqa: S106  # the name of a Secret
    ),
    decryption=SopsDecryption("sops-age"),
)
_LAYERS = ("infrastructure", "security", "observability", "tooling", "apps")


def cloudlab(platform: Platform) -> Cluster:
    """Build the cluster with all of its components, dependencies first."""
    cluster = Cluster(
        platform,
        "cloudlab",
        domain=Host("catinthehack.ca"),
        delivery=_FLUX,
        kubernetes="1.35",
        layers=_LAYERS,
        # Talos' flannel enforces no policies.
        offers=[OpenNetwork()],
    )
    ground = found(cluster)
    policies = enforce(cluster)
    login = sign_on(cluster, gateway=ground.gateway, postgres=ground.postgres)
    # Without the issuer, the API server refuses the tokens that people bring to Headlamp.
    issuer = login.authentik.issuer_of("headlamp")
    bootstrap(cluster, configure_machine(cluster, storage=NAS, issuer=issuer))
    # From here on: what is installed before the CRDs of the monitoring is scraped by others.
    cluster.offer(MONITORING)
    stack = observe(cluster, ground, login)
    tools = add_tools(cluster, ground, login)
    adguard = AdGuardHome(
        cluster,
        namespace=ground.unbound.home_namespace,
        gateway=ground.gateway,
        upstream=ground.unbound.service,
        entry=ADDRESS,
        storage_class=ground.nfs.storage_class,
    )
    released = (*ground.released, policies.kyverno, login.authentik, stack, *tools, adguard)
    FluxWatch(
        cluster,
        namespace=stack.home_namespace,
        alertmanager=stack.alertmanager,
        releases=[part.home_namespace for part in released],
    )
    examine(cluster, ground, policies, login, stack, Whoami(cluster))
    return cluster
