"""Components that run on every cluster of monosense.io."""

from charts import catalogue, crd_source
from charts.clusters.monosense.bootstrap import Core, Definitions, bootstrap
from charts.clusters.monosense.machine import configure_machines
from charts.clusters.monosense.namespaces import Namespaces
from charts.clusters.monosense.network import FluxNetwork, ScraperNetwork, baseline
from charts.clusters.monosense.settings import ClusterSettings
from charts.clusters.monosense.storage import Storage, add_storage
from charts.infrastructure.cert_manager import CertManager, CertManagerResources
from charts.infrastructure.cilium.bgp import AddressPool, BgpPeering
from charts.infrastructure.cilium.gateways import CiliumGateways
from charts.infrastructure.cilium.mesh import MeshCilium
from charts.infrastructure.cilium.peers import ClusterMeshPeers
from charts.infrastructure.cloudflare_issuers import CloudflareIssuers, CloudflareToken
from charts.infrastructure.cloudflared.deployment import CloudflaredDeployment
from charts.infrastructure.core_dns import CoreDns
from charts.infrastructure.crds import CrdChart, Crds
from charts.infrastructure.external_dns.gateway_routes import DnsProvider, RouteRecords
from charts.infrastructure.spegel import Spegel
from charts.resource_request import resources
from charts.security.onepassword import OnePasswordControllers, OnePasswordStore
from charts.security.wildcard_certificate import WildcardCertificate
from kubestrata import Cluster, Duration, Flux, Frozen, GitRepository, Host, Platform, Reference
from kubestrata.constructs import Pods, RemoteKey, SecretReference, SecretSource
from kubestrata.constructs.observability import Grafana, VictoriaMetrics
from kubestrata.constructs.traffic import (
    LETS_ENCRYPT,
    LETS_ENCRYPT_STAGING,
    BgpPeer,
    ClusterMesh,
    GatewayApi,
    MeshMember,
)

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
# The pods of every cluster, whose nodes are in one network and route to each other.
_ROUTED = "10.240.0.0/12"
# The router, and the server that resolves names of the local network.
ROUTER, NAME_SERVER = BgpPeer(64501, "10.25.11.1"), "10.25.10.30"
# The server of 1Password Connect, outside of the clusters, and its vault.
_CONNECT, _VAULT = Host("opconnect.monosense.dev"), "Infra"
# An input of whoever delivers these clusters: Let's Encrypt refuses this domain.
_ACME_CONTACT = "acme-contact@example.com"
_PUBLIC = "letsencrypt-production"
_ACME_SERVERS = {"letsencrypt-staging": LETS_ENCRYPT_STAGING, _PUBLIC: LETS_ENCRYPT}
VMAGENT = Pods("vmagent", "observability", {"app.kubernetes.io/name": "vmagent"})


class Shared(Frozen):
    """A cluster with its shared components, for what is added to one cluster only.

    `issuer` is the ClusterIssuer of Let's Encrypt, `certificate` the wildcard certificate of the
    Gateways. The cluster provides its Network, Monitoring, secret store and Gateways.
    """

    cluster: Cluster
    settings: ClusterSettings
    namespaces: Namespaces
    mesh: ClusterMesh
    cilium: MeshCilium
    cert_manager: CertManager
    issuer: Reference
    certificate: SecretReference
    gateways: CiliumGateways
    storage: Storage


def build_shared(
    platform: Platform, settings: ClusterSettings, *, grafana: Grafana | None = None
) -> Shared:
    """Build a cluster with everything that both clusters run, dependencies first.

    `grafana` is the cluster's own, None where another cluster shows its metrics.
    """
    cluster = _cluster(platform, settings, grafana)
    machines = configure_machines(cluster, settings)
    namespaces = Namespaces(cluster)
    definitions = _crds(cluster, namespaces)
    FluxNetwork(cluster, namespace=namespaces.flux_system)
    ScraperNetwork(cluster, namespace=namespaces.observability, scraper=VMAGENT)
    mesh = _mesh(cluster, settings)
    cilium = MeshCilium(cluster, namespace=namespaces.kube_system, mesh=mesh)
    external_secrets = _store(cluster, namespaces)
    cert_manager = _cert_manager(cluster, namespaces)
    issuer = _issuer(cert_manager, settings)
    certificate = _wildcard(cluster, namespaces, issuer)
    gateways = CiliumGateways(
        cluster,
        namespace=namespaces.kube_system,
        gateway_class=cilium.gateway_class,
        certificate=certificate,
        external=settings.gateways.external,
        internal=settings.gateways.internal,
    )
    cluster.offer(gateways.offer)
    coredns = _networking(cluster, settings, namespaces, cilium, gateways)
    bootstrap(
        cluster,
        namespaces,
        definitions,
        Core(cilium, coredns, cert_manager, external_secrets),
        delivery=_FLUX,
        machines=machines,
    )
    return Shared(
        cluster=cluster,
        settings=settings,
        namespaces=namespaces,
        mesh=mesh,
        cilium=cilium,
        cert_manager=cert_manager,
        issuer=issuer,
        certificate=certificate,
        gateways=gateways,
        storage=add_storage(cluster, settings, namespaces, VMAGENT),
    )


def _cluster(platform: Platform, settings: ClusterSettings, grafana: Grafana | None) -> Cluster:
    return Cluster(
        platform,
        settings.name,
        domain=DOMAIN,
        delivery=_FLUX,
        kubernetes="1.34",
        layers=_LAYERS,
        # The bootstrap installs Cilium: without it no node is ready.
        provided_groups=["cilium.io"],
        offers=[
            baseline(secret_server=_CONNECT),
            GatewayApi(tls_route="v1alpha2", tcp_route=None, udp_route=None),
            VictoriaMetrics(scraper=VMAGENT, grafana=grafana),
        ],
    )


def _mesh(cluster: Cluster, settings: ClusterSettings) -> ClusterMesh:
    return ClusterMesh(
        cluster,
        member=MeshMember(
            number=settings.number,
            pods=settings.pods,
            services=settings.services,
            address=settings.gateways.mesh,
            hosts=[DOMAIN.sub(f"clustermesh-{settings.name}")],
            routed=_ROUTED,
        ),
    )


def _cert_manager(cluster: Cluster, namespaces: Namespaces) -> CertManager:
    cert_manager = CertManager(
        cluster,
        layer="security",
        namespace=namespaces.cert_manager,
        chart=catalogue.CERT_MANAGER.at("v1.19.0"),
        resources=CertManagerResources(controller=resources("100m", "128Mi", "256Mi")),
    )
    cert_manager.scrape()
    return cert_manager


def _issuer(cert_manager: CertManager, settings: ClusterSettings) -> Reference:
    """Return the issuer of certificates that browsers trust."""
    entry = f"kubernetes/{settings.name}/cert-manager/cloudflare"
    issuers = CloudflareIssuers(
        cert_manager,
        "cert-manager-issuers",
        layer="security",
        email=_ACME_CONTACT,
        token=CloudflareToken(
            SecretSource.keys({"api-token": RemoteKey(entry, "credential")}), "api-token"
        ),
        servers=_ACME_SERVERS,
        zones=[DOMAIN],
    )
    return issuers.issuers[_PUBLIC]


def _wildcard(cluster: Cluster, namespaces: Namespaces, issuer: Reference) -> SecretReference:
    certificate = WildcardCertificate(
        cluster,
        namespace=namespaces.kube_system,
        issuer=issuer,
        subdomains=[
            DOMAIN.sub("infra"),
            DOMAIN.sub("apps"),
            DOMAIN.sub("apps").sub("gitlab"),
        ],
    )
    return certificate.secret


def _crds(cluster: Cluster, namespaces: Namespaces) -> Definitions:
    home = namespaces.observability
    return Definitions(
        gateway_api=Crds(cluster, "crds-gateway-api", source=crd_source.GATEWAY_API),
        external_secrets=Crds(
            cluster, "crds-external-secrets", source=crd_source.EXTERNAL_SECRETS_0_20
        ),
        prometheus_operator=CrdChart(
            cluster,
            "crds-prometheus-operator",
            namespace=home,
            chart=catalogue.PROMETHEUS_OPERATOR_CRDS.at("24.0.1"),
        ),
        victoria_metrics_operator=CrdChart(
            cluster,
            "crds-victoria-metrics-operator",
            namespace=home,
            chart=catalogue.VICTORIA_METRICS_OPERATOR_CRDS,
        ),
    )


def _store(cluster: Cluster, namespaces: Namespaces) -> OnePasswordControllers:
    home = namespaces.external_secrets
    controllers = OnePasswordControllers(cluster, namespace=home)
    store = OnePasswordStore(
        cluster, controllers=controllers, namespace=home, server=_CONNECT, vault=_VAULT
    )
    cluster.offer(store.store)
    return controllers


def _networking(
    cluster: Cluster,
    settings: ClusterSettings,
    namespaces: Namespaces,
    cilium: MeshCilium,
    gateways: CiliumGateways,
) -> CoreDns:
    """Add addresses and routes of Services, DNS, the mirror of images, and the tunnel."""
    release = cilium.release.resource.ref
    first, last = settings.pool
    pool = AddressPool(cluster, cilium=release, first=first, last=last)
    BgpPeering(cluster, pool=pool, asn=settings.asn, router=ROUTER)
    kube_system = namespaces.kube_system
    ClusterMeshPeers(cluster, namespace=kube_system, cilium=release)
    coredns = CoreDns(
        cluster, namespace=kube_system, address=settings.dns_address, upstream=NAME_SERVER
    )
    Spegel(cluster, namespace=kube_system)
    networking = namespaces.networking
    CloudflaredDeployment(cluster, namespace=networking, gateway=gateways.external)
    RouteRecords(
        cluster,
        namespace=networking,
        provider=DnsProvider.cloudflare(),
        gateway=gateways.external,
    )
    RouteRecords(
        cluster,
        namespace=networking,
        provider=DnsProvider.rfc2136(NAME_SERVER, DOMAIN),
        gateway=gateways.internal,
    )
    return coredns
