"""Components that run on every cluster of monosense.io."""

from dataclasses import dataclass

from charts import catalogue
from charts.clusters.monosense.namespaces import MonosenseNamespaces
from charts.clusters.monosense.network import ScraperNetwork
from charts.clusters.monosense.settings import ClusterSettings
from charts.clusters.monosense.storage import Storage, add_storage
from charts.infrastructure.cert_manager import CertManager
from charts.infrastructure.cilium import CiliumCluster
from charts.infrastructure.cilium_gateways import CiliumGateways, WildcardCertificate
from charts.infrastructure.cloudflare_issuers import CloudflareIssuers
from charts.infrastructure.crds import Crds
from charts.infrastructure.mesh_cilium import MeshCilium
from charts.infrastructure.prometheus_operator_crds import PrometheusOperatorCrds
from charts.infrastructure.victoria_metrics_operator_crds import VictoriaMetricsOperatorCrds
from charts.security.onepassword import OnePasswordControllers, OnePasswordStore
from kubestrata import Cluster, Duration, Flux, GitRepository, Host, Platform, Reference
from kubestrata.constructs import CiliumNetwork, Pods, SecretReference
from kubestrata.constructs.observability import VictoriaMetrics
from kubestrata.constructs.traffic import GatewayApi

# The repository; public, so Flux needs no Secret to read it.
_REPOSITORY = GitRepository(url="https://github.com/monosense-io/k8s-gitops")
_FLUX = Flux(
    repository=_REPOSITORY,
    bootstrap="operator",
    retry_interval=Duration("1m"),
    source_interval=Duration("12h"),
)
_LAYERS = ("infrastructure", "security", "observability", "tooling", "apps")
DOMAIN = Host("monosense.io")
# The server of 1Password Connect, outside of the clusters, and its vault.
_CONNECT, _VAULT = Host("opconnect.monosense.dev"), "Infra"
# An input of whoever delivers these clusters: Let's Encrypt refuses this domain.
_ACME_CONTACT = "acme-contact@example.com"
VMAGENT = Pods("vmagent", "observability", {"app.kubernetes.io/name": "vmagent"})


@dataclass(frozen=True, slots=True)
class Shared:
    """A cluster with its shared components, for what is added to one cluster only.

    `issuer` is the ClusterIssuer of Let's Encrypt, `certificate` the wildcard certificate of the
    Gateways. The cluster provides its Network, Monitoring, secret store and Gateways.
    """

    cluster: Cluster
    settings: ClusterSettings
    namespaces: MonosenseNamespaces
    cilium: MeshCilium
    cert_manager: CertManager
    issuer: Reference
    certificate: SecretReference
    gateways: CiliumGateways
    storage: Storage


def build_shared(platform: Platform, settings: ClusterSettings) -> Shared:
    """Build a cluster with everything that both clusters run, dependencies first."""
    cluster = Cluster(
        platform,
        settings.name,
        domain=DOMAIN,
        delivery=_FLUX,
        kubernetes="1.34",
        layers=_LAYERS,
        # The bootstrap installs Cilium: without it no node is ready.
        provided_groups=["cilium.io"],
        offers=[
            CiliumNetwork(),
            GatewayApi(tls_route="v1alpha2", tcp_route=None, udp_route=None),
            VictoriaMetrics(scraper=VMAGENT),
        ],
    )
    namespaces = MonosenseNamespaces(cluster)
    _crds(cluster, namespaces)
    ScraperNetwork(cluster, namespace=namespaces.observability, scraper=VMAGENT)
    cilium = MeshCilium(
        cluster,
        namespace=namespaces.kube_system,
        settings=CiliumCluster(
            number=settings.number, api=(settings.api_host, 6443), network=settings.pods
        ),
    )
    _store(cluster, namespaces)
    cert_manager = CertManager(
        cluster,
        layer="security",
        namespace=namespaces.cert_manager,
        chart=catalogue.CERT_MANAGER.at("v1.19.0"),
    )
    cert_manager.scrape()
    issuers = CloudflareIssuers(
        cert_manager,
        email=_ACME_CONTACT,
        token=f"kubernetes/{settings.name}/cert-manager/cloudflare",
    )
    certificate = WildcardCertificate(
        cluster,
        namespace=namespaces.kube_system,
        issuer=issuers.production,
        subdomains=[
            DOMAIN.sub("infra"),
            DOMAIN.sub("apps"),
            DOMAIN.sub("apps").sub("gitlab"),
        ],
    ).secret
    gateways = CiliumGateways(
        cluster,
        namespace=namespaces.kube_system,
        gateway_class=cilium.gateway_class,
        certificate=certificate,
        external=settings.gateways.external,
        internal=settings.gateways.internal,
    )
    cluster.offer(gateways.offer)
    return Shared(
        cluster=cluster,
        settings=settings,
        namespaces=namespaces,
        cilium=cilium,
        cert_manager=cert_manager,
        issuer=issuers.production,
        certificate=certificate,
        gateways=gateways,
        storage=add_storage(cluster, settings, namespaces),
    )


def _crds(cluster: Cluster, namespaces: MonosenseNamespaces) -> None:
    Crds(cluster, "gateway-api", source=catalogue.CRDS_GATEWAY_API_1_4)
    Crds(cluster, "external-secrets", source=catalogue.CRDS_EXTERNAL_SECRETS_0_20)
    PrometheusOperatorCrds(
        cluster,
        namespace=namespaces.observability,
        chart=catalogue.PROMETHEUS_OPERATOR_CRDS.at("24.0.1"),
    )
    VictoriaMetricsOperatorCrds(cluster, namespace=namespaces.observability)


def _store(cluster: Cluster, namespaces: MonosenseNamespaces) -> None:
    home = namespaces.external_secrets
    controllers = OnePasswordControllers(cluster, namespace=home, server=_CONNECT)
    store = OnePasswordStore(
        cluster, controllers=controllers, namespace=home, server=_CONNECT, vault=_VAULT
    )
    cluster.offer(store.store)
