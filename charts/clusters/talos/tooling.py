"""Tools of developers on talos: a registry, Git, a binary cache, and agents."""

from charts import catalogue
from charts.clusters.talos.infrastructure import Foundation
from charts.clusters.talos.namespaces import Namespaces
from charts.clusters.talos.network import Network
from charts.clusters.talos.sign_on import SignOn
from charts.infrastructure.crds import CrdChart
from charts.infrastructure.trusted_bundle import TrustedBundle
from charts.tooling.attic import Attic
from charts.tooling.devbot import Devbot, DevbotHosts, DevbotImages
from charts.tooling.gitea import Gitea, GiteaSecrets
from charts.tooling.gitea_token import GiteaToken
from charts.tooling.harbor.own import (
    HarborProxyCaches,
    HarborSignOn,
    OwnHarbor,
    OwnHarborSecrets,
)
from charts.tooling.kagent import Kagent
from kubestrata import Cluster, Host, Image
from kubestrata.constructs import RemoteKey
from kubestrata.constructs.traffic import Ingresses

# An input of whoever delivers this cluster
_EMAIL = "admin@example.com"
# An input of whoever delivers this cluster
KUBECTL = Image("docker.io/bitnamilegacy/kubectl:to-be-pinned")
"""An image with kubectl, curl and a shell."""
# An input of whoever delivers this cluster
_ATTIC = Image("ghcr.io/zhaofengli/attic:to-be-pinned")


def _devbot(registry: Host) -> DevbotImages:
    # An input of whoever delivers this cluster
    return DevbotImages(
        desktop=Image(f"{registry}/agents/devbot-desktop:to-be-pinned"),
        tools=Image(f"{registry}/agents/computer-control-mcp:to-be-pinned"),
    )


def add_tools(
    cluster: Cluster,
    namespaces: Namespaces,
    foundation: Foundation,
    network: Network,
    login: SignOn,
) -> None:
    """Add the tools."""
    _harbor(cluster, namespaces, foundation, network, login)
    _git(cluster, namespaces, foundation)
    Attic(
        cluster,
        namespace=namespaces.nix_cache,
        image=_ATTIC,
        keys=foundation.nix_keys,
        storage_class=foundation.storage_class,
    )
    _agents(cluster, namespaces, foundation)


def _harbor(
    cluster: Cluster,
    namespaces: Namespaces,
    foundation: Foundation,
    network: Network,
    login: SignOn,
) -> None:
    secrets = OwnHarborSecrets(
        cluster,
        namespace=namespaces.harbor,
        admin=RemoteKey("harbor/admin", "password"),
        before=login.secrets.applied.ready,
    )
    harbor = OwnHarbor(
        cluster,
        secrets=secrets,
        storage_class=foundation.storage_class,
        controller=cluster.ask(Ingresses).with_visibility("public"),
        issuer=network.issuer,
        trusted=TrustedBundle(foundation.bundle.copy_in(namespaces.harbor)),
    )
    HarborSignOn(cluster, harbor=harbor, provider=login.logins.also_after(harbor))
    HarborProxyCaches(
        cluster,
        namespace=namespaces.flux_system,
        harbor=harbor,
        secrets=secrets,
        runner=login.runner,
    )


def _git(cluster: Cluster, namespaces: Namespaces, foundation: Foundation) -> None:
    secrets = GiteaSecrets(cluster, namespace=namespaces.gitea)
    gitea = Gitea(
        cluster,
        secrets=secrets,
        storage_class=foundation.storage_class,
        trusted=TrustedBundle(foundation.bundle.copy_in(namespaces.gitea)),
        email=_EMAIL,
    )
    GiteaToken(
        cluster,
        namespace=namespaces.gitea,
        gitea=gitea.http,
        administrator=secrets.administrator,
        image=KUBECTL,
    )


def _agents(cluster: Cluster, namespaces: Namespaces, foundation: Foundation) -> None:
    CrdChart(
        cluster,
        "kagent-crds",
        namespace=namespaces.kagent,
        chart=catalogue.KAGENT_CRDS,
        layer="tooling",
    )
    controller = Kagent(
        cluster, namespace=namespaces.kagent, api_key=RemoteKey("kagent", "anthropic-api-key")
    )
    registry = cluster.host("registry")
    Devbot(
        cluster,
        namespace=namespaces.agents,
        controller=controller,
        images=_devbot(registry),
        hosts=DevbotHosts(gitea=cluster.host("git"), harbor=registry),
        entry="agents/devbot",
        storage_class=foundation.storage_class,
    )
