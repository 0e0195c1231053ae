"""The infrastructure of mycluster-0: CRDs, Crossplane, AWS identities, nodes, gateways and DNS."""

from charts import catalogue, crd_source
from charts.clusters.mycluster_0.namespaces import Namespaces
from charts.infrastructure.atlas_operator import AtlasOperator
from charts.infrastructure.aws_load_balancer_controller import AwsLoadBalancerController
from charts.infrastructure.cloudnative_pg import CloudNativePg
from charts.infrastructure.crds import Crds
from charts.infrastructure.crossplane import Crossplane
from charts.infrastructure.crossplane_providers import CrossplaneProviders
from charts.infrastructure.database_backups import DatabaseBackups
from charts.infrastructure.eks_pod_identities import EksPodIdentities
from charts.infrastructure.external_dns.route53 import Route53Records, Zone
from charts.infrastructure.karpenter import Karpenter
from charts.infrastructure.karpenter_nodepools import KarpenterNodepools
from charts.infrastructure.metrics_server import MetricsServer
from charts.infrastructure.tailnet_gateways import TailnetGateways
from charts.infrastructure.tailscale_operator import TailscaleOperator
from charts.security.cloud_issuers import CloudIssuers
from kubestrata import Cluster
from kubestrata.constructs import Gateways, ValkeyChart
from kubestrata.constructs.cloud import AwsAccount, CrossplaneNaming, ServiceAccountName
from kubestrata.constructs.data import BackupStore, BucketLocation
from kubestrata.constructs.platform_api import APP, EPI, SQL_INSTANCE, PlatformApi

# ServiceAccounts of databases, named like them, whose backups need AWS.
_DATABASES = (
    ServiceAccountName(name="xplane-harbor", namespace="tooling"),
    ServiceAccountName(name="xplane-image-gallery-postgres", namespace="apps"),
    ServiceAccountName(name="xplane-oncall", namespace="observability"),
    ServiceAccountName(name="xplane-zitadel", namespace="security"),
)


def install_crds(cluster: Cluster) -> None:
    """Add the CRDs of charts that other components install without them."""
    Crds(cluster, "crds-actions-runner-controller", source=crd_source.ACTIONS_RUNNER_CONTROLLER)
    Crds(cluster, "crds-cloudnative-pg", source=crd_source.CLOUDNATIVE_PG)
    Crds(cluster, "crds-external-secrets", source=crd_source.EXTERNAL_SECRETS)
    Crds(cluster, "crds-gateway-api", source=crd_source.GATEWAY_API_EXPERIMENTAL)
    Crds(cluster, "crds-grafana-operator", source=crd_source.GRAFANA_OPERATOR)
    Crds(cluster, "crds-kyverno", source=crd_source.KYVERNO)
    Crds(cluster, "crds-tailscale-operator", source=crd_source.TAILSCALE_OPERATOR)
    Crds(cluster, "crds-victoria-metrics-operator", source=crd_source.VICTORIA_METRICS_OPERATOR)


def add_crossplane(cluster: Cluster, namespaces: Namespaces) -> CrossplaneProviders:
    """Add Crossplane with its packages, the platform's API, and the chart of its caches."""
    region = cluster.placeholder("region")
    cluster.offer(
        AwsAccount(
            account_id=cluster.placeholder("aws_account_id"),
            region=region,
            cluster_name=cluster.placeholder("cluster_name"),
            # Crossplane's permissions are for buckets with this prefix only.
            naming=CrossplaneNaming(bucket_prefix=f"{region}-ogenki-"),
        )
    )
    cluster.offer(PlatformApi("cloud.ogenki.io", [EPI, SQL_INSTANCE, APP]))
    cluster.offer(ValkeyChart(catalogue.VALKEY))
    home = namespaces.crossplane_system
    crossplane = Crossplane(cluster, namespace=home)
    return CrossplaneProviders(cluster, namespace=home, controller=crossplane.controller)


def add_identities(cluster: Cluster, namespaces: Namespaces) -> EksPodIdentities:
    """Add the AWS identities that other components need first, and the database operators."""
    backups = DatabaseBackups(cluster, namespace=namespaces.infrastructure)
    identities = EksPodIdentities(
        cluster, namespace=namespaces.security, backups=backups.bucket, databases=_DATABASES
    )
    cluster.offer(BackupStore(BucketLocation.of(backups.bucket), identities.databases))
    cluster.offer(CloudNativePg(cluster, namespace=namespaces.infrastructure).operator)
    cluster.offer(AtlasOperator(cluster, namespace=namespaces.infrastructure).operator)
    return identities


def add_nodes(
    cluster: Cluster, namespaces: Namespaces, identities: EksPodIdentities
) -> KarpenterNodepools:
    """Add nodes, load balancers and resource metrics."""
    queue = cluster.placeholder("karpenter_queue_name")
    karpenter = Karpenter(cluster, namespace=namespaces.karpenter, interruption_queue=queue)
    AwsLoadBalancerController(
        cluster,
        namespace=namespaces.kube_system,
        identity=identities.load_balancer_controller.ready,
        vpc_id=cluster.placeholder("vpc_id"),
    )
    MetricsServer(cluster, namespace=namespaces.kube_system)
    return KarpenterNodepools(
        cluster,
        controller=karpenter.release.resource.ref,
        network=cluster.placeholder("environment"),
    )


def open_network(
    cluster: Cluster,
    namespaces: Namespaces,
    issuers: CloudIssuers,
    identities: EksPodIdentities,
    proxies: TailscaleOperator,
) -> TailnetGateways:
    """Add gateways and DNS."""
    gateways = TailnetGateways(
        cluster,
        namespace=namespaces.infrastructure,
        issuer=issuers.private,
        general=[namespaces.apps, namespaces.observability, namespaces.tooling],
        admin=[namespaces.flux_system, namespaces.kube_system, namespaces.observability],
        without_policies=namespaces.flux_system,
        admin_proxies=proxies.admin,
    )
    cluster.offer(Gateways(private=gateways.general))
    identity, private = identities.external_dns.ready, gateways.private_domain
    public = Route53Records(
        cluster,
        namespace=namespaces.kube_system,
        identity=identity,
        zone=Zone("public", cluster.domain, without=private),
    )
    Route53Records(
        cluster,
        namespace=namespaces.kube_system,
        identity=identity,
        zone=Zone("private", private),
        first=public,
    )
    return gateways
