"""The foundation of goingdark: CRDs, network, certificates, secrets, the gateway, operators."""

from charts import catalogue, crd_source
from charts.clusters.goingdark.namespaces import Namespaces
from charts.clusters.goingdark.network import NetworkPolicies
from charts.infrastructure.barman_plugin import BarmanPlugin
from charts.infrastructure.cert_manager import CertManager, CertManagerResources
from charts.infrastructure.cilium.gateway import CiliumCluster, GatewayCilium
from charts.infrastructure.cloudflare_issuers import CloudflareIssuers, CloudflareToken
from charts.infrastructure.cloudflared.daemon import CloudflaredDaemon
from charts.infrastructure.cloudnative_pg import CloudNativePg
from charts.infrastructure.crds import CrdChart, Crds
from charts.infrastructure.descheduler import Descheduler
from charts.infrastructure.eck_operator import EckOperator
from charts.infrastructure.external_gateway import ExternalGateway
from charts.infrastructure.internal_issuers import InternalIssuers
from charts.infrastructure.metrics_server import MetricsServer
from charts.infrastructure.vertical_pod_autoscaler import VerticalPodAutoscaler
from charts.observability.alerts.postgres_instance import GROUP
from charts.observability.single_node_stack import VMAGENT
from charts.resource_request import bounded
from charts.security.bitwarden import BitwardenControllers, BitwardenProject, BitwardenStore
from charts.security.bitwarden_bootstrap import BitwardenBootstrap
from kubestrata import Cluster, Component, Frozen, JsonObject, Reference
from kubestrata.constructs import RemoteKey, SecretReference, SecretSource
from kubestrata.constructs.observability import AlertRules
from kubestrata.constructs.traffic import LETS_ENCRYPT

_CILIUM = CiliumCluster(number=1, network="10.0.0.0/16")
# Outside of the networks of nodes, Services and pods.
_POOL, _GATEWAY = "10.0.32.240-10.0.32.250", "10.0.32.240"
# The name of the tunnel at Cloudflare.
_TUNNEL = "hcloud"
_CLUSTER_DNS = "10.0.96.10"
# An input of whoever delivers this cluster: Let's Encrypt refuses this domain.
_ACME_CONTACT = "admin@example.org"
_PUBLIC = "cloudflare-issuer"
_CLOUDFLARE = CloudflareToken(
    SecretSource.keys(
        {
            "cloudflare-api-token": RemoteKey("infra-cloudflare-api-token"),
            # The address of the account, which nothing reads.
            "email": RemoteKey("infra-cloudflare-admin-email"),
        }
    ),
    "cloudflare-api-token",
)
# Inputs of whoever delivers this cluster: ids of Bitwarden.
_BITWARDEN = BitwardenProject(
    organization="00000000-0000-4000-8000-000000000001",
    project="00000000-0000-4000-8000-000000000002",
    api="https://api.bitwarden.com",
    identity="https://identity.bitwarden.com",
    token=("bitwarden-access-token", "token"),
)


def _guaranteed(cpu: str, memory: str) -> JsonObject:
    return bounded(cpu, memory, cpu, memory)


_CERT_MANAGER = CertManagerResources(
    controller=_guaranteed("75m", "96Mi"),
    webhook=_guaranteed("125m", "144Mi"),
    injector=_guaranteed("40m", "72Mi"),
)


class Foundation(Frozen):
    """The parts that others are built on."""

    gateway_api: Component
    cilium: Reference
    gateway: ExternalGateway
    internal_issuer: Reference
    postgres: CloudNativePg
    backups: BarmanPlugin
    elastic: EckOperator


def found(cluster: Cluster, namespaces: Namespaces) -> Foundation:
    """Add the foundation, and provide the secret store to the cluster."""
    gateway_api = Crds(cluster, "crds-gateway-api", source=crd_source.GATEWAY_API_EXPERIMENTAL_1_3)
    Crds(cluster, "crds-external-secrets", source=crd_source.EXTERNAL_SECRETS_0_20)
    CrdChart(
        cluster,
        "crds-prometheus-operator",
        namespace=namespaces.victoriametrics,
        chart=catalogue.PROMETHEUS_OPERATOR_CRDS.at("24.0.1"),
    )
    cilium = GatewayCilium(cluster, namespace=namespaces.kube_system, settings=_CILIUM, pool=_POOL)
    NetworkPolicies(
        cluster,
        namespaces=namespaces,
        cilium=cilium.release.resource.ref,
        scraper=VMAGENT,
    )
    _nodes(cluster, namespaces)
    internal, public = _certificates(cluster, namespaces)
    gateway = ExternalGateway(
        cluster,
        namespace=namespaces.gateway,
        gateway_class=cilium.gateway_class,
        issuer=public,
        address=_GATEWAY,
    )
    postgres = CloudNativePg(
        cluster,
        namespace=namespaces.cnpg_system,
        chart=catalogue.CLOUDNATIVE_PG.at("0.26.1"),
        configuration={"ENABLE_INSTANCE_MANAGER_INPLACE_UPDATES": "true"},
        dashboard=True,
    )
    AlertRules(postgres, "cnpg-default-alerts", groups=[GROUP])
    backups = BarmanPlugin(
        cluster, namespace=namespaces.cnpg_system, operator=postgres.release.resource.ref
    )
    elastic = EckOperator(cluster, namespace=namespaces.elastic_system)
    return Foundation(
        gateway_api=gateway_api,
        cilium=cilium.release.resource.ref,
        gateway=gateway,
        internal_issuer=internal,
        postgres=postgres,
        backups=backups,
        elastic=elastic,
    )


def open_tunnel(
    cluster: Cluster,
    namespaces: Namespaces,
    foundation: Foundation,
    credentials: SecretReference,
) -> None:
    """Add the tunnel from Cloudflare to the gateway, by which all hosts are public."""
    domain = cluster.domain
    CloudflaredDaemon(
        cluster,
        namespace=namespaces.cloudflared,
        tunnel=_TUNNEL,
        credentials=credentials,
        gateway=foundation.gateway.apex.gateway,
        # Nothing is behind the first one yet.
        hosts=[cluster.host("canary"), cluster.host("argocd"), domain.wildcard, domain],
    )


def _nodes(cluster: Cluster, namespaces: Namespaces) -> None:
    """Add metrics of nodes, recommendations, and eviction from busy nodes."""
    # There is one worker: a replica that needed a node of its own would stay pending.
    MetricsServer(cluster, namespace=namespaces.kube_system, spread="preferred")
    VerticalPodAutoscaler(cluster, namespace=namespaces.kube_system)
    Descheduler(cluster, namespace=namespaces.kube_system, idle=40, busy=75)


def _certificates(cluster: Cluster, namespaces: Namespaces) -> tuple[Reference, Reference]:
    """Add the issuers, and the secret store that the public one needs; return both issuers."""
    cert_manager = CertManager(
        cluster,
        layer="infrastructure",
        namespace=namespaces.cert_manager,
        chart=catalogue.CERT_MANAGER.at("v1.19.1"),
        resolvers=[_CLUSTER_DNS],
        resources=_CERT_MANAGER,
    )
    internal = InternalIssuers(
        cert_manager, common_name="internal-ca", organization="homelab-internal-ca"
    ).ref
    BitwardenBootstrap(cert_manager, home=namespaces.external_secrets)
    controllers = BitwardenControllers(
        cluster, namespace=namespaces.external_secrets, issuer=internal
    )
    cluster.offer(BitwardenStore(cluster, controllers=controllers, project=_BITWARDEN).store)
    public = CloudflareIssuers(
        cert_manager,
        _PUBLIC,
        layer="infrastructure",
        email=_ACME_CONTACT,
        token=_CLOUDFLARE,
        servers={_PUBLIC: LETS_ENCRYPT},
    )
    return internal, public.issuers[_PUBLIC]
