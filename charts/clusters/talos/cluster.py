"""talos: Talos on Proxmox, delivered by Flux, with Vault, single sign-on and its own DNS."""

from charts.clusters.talos.apps import run_apps
from charts.clusters.talos.bootstrap import bootstrap
from charts.clusters.talos.environment import Environment
from charts.clusters.talos.infrastructure import Foundation, found
from charts.clusters.talos.machine import configure_machines
from charts.clusters.talos.namespaces import Namespaces
from charts.clusters.talos.network import Network, open_network
from charts.clusters.talos.observability import Observability, observe
from charts.clusters.talos.secrets import Secrets, keep_secrets
from charts.clusters.talos.sign_on import SignOn, sign_on
from charts.clusters.talos.tooling import add_tools
from charts.security.vault_secrets import VaultControllers
from charts.security.vault_server import VaultIngress
from kubestrata import Cluster, Flux, Frozen, GitRepository, Host, Platform
from kubestrata.constructs import OpenNetwork
from kubestrata.constructs.secret import ExternalSecretsApi
from kubestrata.constructs.traffic import Ingresses

_FLUX = Flux(
    repository=GitRepository(
        url="ssh://git@github.com/agentydragon/cluster.git",
        secret="flux-system",  # noqa: S106  # the name of a Secret
    ),
)
_LAYERS = ("infrastructure", "security", "observability", "tooling", "apps")


class Frame(Frozen):
    """The parts that applications are built on.

    The cluster provides its Ingresses with a public issuer, Vault as the secret store, and copies
    of Secrets.
    """

    cluster: Cluster
    namespaces: Namespaces
    foundation: Foundation
    secrets: Secrets
    network: Network
    sign_on: SignOn
    observability: Observability


def talos(
    platform: Platform, *, environment: Environment | None = None, name: str = "talos"
) -> Cluster:
    """Build the cluster with all of its components, dependencies first.

    `environment` is staging unless another one is given.
    """
    frame = build_frame(platform, environment or Environment.staging(), name)
    return frame.cluster


def build_frame(platform: Platform, environment: Environment, name: str) -> Frame:
    """Build the cluster without its applications."""
    cluster = Cluster(
        platform,
        name,
        domain=Host("test-cluster.agentydragon.com"),
        delivery=_FLUX,
        kubernetes="1.32",
        layers=_LAYERS,
        # Talos' machine configuration has no policies; those of Flux come with its bootstrap.
        offers=[OpenNetwork(), ExternalSecretsApi("v1beta1")],
    )
    machines = configure_machines(
        cluster, registry=cluster.host("registry"), roots=environment.trusted
    )
    namespaces = Namespaces(cluster)
    bootstrap(cluster, namespaces, machines)
    foundation = found(cluster, namespaces, environment)
    controllers = VaultControllers(cluster, namespace=namespaces.external_secrets_system)
    network = open_network(cluster, namespaces, foundation, environment)
    secrets = keep_secrets(cluster, namespaces, foundation, controllers)
    VaultIngress(
        cluster,
        server=secrets.server,
        controller=cluster.ask(Ingresses).with_visibility("public"),
        issuer=network.issuer,
    )
    login = sign_on(cluster, namespaces, foundation, secrets, network)
    observability = observe(cluster, namespaces, foundation, login)
    frame = Frame(cluster, namespaces, foundation, secrets, network, login, observability)
    add_tools(cluster, namespaces, foundation, network, login)
    run_apps(cluster, namespaces, foundation)
    return frame
