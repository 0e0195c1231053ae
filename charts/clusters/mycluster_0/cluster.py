"""mycluster-0: EKS on AWS, delivered by Flux, with cloud resources from Crossplane."""

from charts import catalogue
from charts.clusters.mycluster_0.apps import run_apps
from charts.clusters.mycluster_0.logins import logins
from charts.clusters.mycluster_0.namespaces import Namespaces
from charts.clusters.mycluster_0.observability import observe
from charts.clusters.mycluster_0.tooling import equip
from charts.infrastructure.atlas_operator import AtlasOperator
from charts.infrastructure.aws_load_balancer_controller import AwsLoadBalancerController
from charts.infrastructure.cert_manager import CertManager
from charts.infrastructure.cloudnative_pg import CloudNativePg
from charts.infrastructure.crds import CrdChart, Crds
from charts.infrastructure.crossplane import Crossplane
from charts.infrastructure.crossplane_configuration import CrossplaneConfiguration
from charts.infrastructure.crossplane_providers import CrossplaneProviders
from charts.infrastructure.database_backups import DatabaseBackups
from charts.infrastructure.eks_pod_identities import EksPodIdentities
from charts.infrastructure.external_dns.route53 import Route53Records, Zone
from charts.infrastructure.flux_operator import FluxOperator
from charts.infrastructure.gateways import PlatformGateways
from charts.infrastructure.karpenter import Karpenter
from charts.infrastructure.karpenter_nodepools import KarpenterNodepools
from charts.infrastructure.metrics_server import MetricsServer
from charts.infrastructure.tailscale_operator import TailscaleOperator
from charts.observability.victoria_logs import SingleLogs
from charts.observability.victoria_metrics_stack import MONITORING, NAMESPACE
from charts.observability.victoria_metrics_store import SingleMetrics
from charts.observability.victoria_traces import TRACES_URL
from charts.security.cloud_issuers import CloudIssuers
from charts.security.external_secrets import ExternalSecrets
from charts.security.group_access import GroupAccess
from charts.security.kyverno import Kyverno
from charts.security.kyverno_policies import KyvernoPolicies
from charts.security.openbao_snapshot import OpenbaoSnapshot
from charts.security.zitadel import Zitadel
from charts.tooling.dagger_engine import DaggerEngine
from charts.tooling.gha_runner_controller import GhaRunnerController
from charts.tooling.gha_runners import GhaRunners
from kubestrata import Cluster, Flux, GitRepository, Host, Platform, Quantity, SubstituteFrom
from kubestrata.constructs import CiliumNetwork, Gateways, ValkeyChart, WorkloadDefaults
from kubestrata.constructs.access import BuiltInRole
from kubestrata.constructs.cloud import AwsAccount, CrossplaneNaming, ServiceAccountName
from kubestrata.constructs.data import BackupStore, BucketLocation
from kubestrata.constructs.platform_api import APP, EPI, SQL_INSTANCE, PlatformApi
from kubestrata.constructs.traffic import GatewayApi

_LAYERS = ("infrastructure", "security", "observability", "tooling", "apps")

_REPOSITORY = "https://github.com/Smana/cloud-native-ref.git"
# An input of whoever delivers this cluster: Let's Encrypt refuses this domain.
_ACME_CONTACT = "acme-contact@example.com"

# OpenTofu writes both before GitOps starts.
_FACTS = SubstituteFrom(
    "ConfigMap",
    "eks-mycluster-0-vars",
    keys=(
        "aws_account_id",
        "cluster_endpoint",
        "cluster_endpoint_full",
        "cluster_name",
        "domain_name",
        "environment",
        "karpenter_queue_name",
        "oidc_issuer_host",
        "oidc_issuer_url",
        "oidc_provider_arn",
        "region",
        "vpc_cidr_block",
        "vpc_id",
    ),
)
_APPROLE = SubstituteFrom(
    "Secret",
    "cert-manager-openbao-approle",
    keys=("cert_manager_approle_id", "cert_manager_approle_secret"),
)

_FLUX = Flux(
    bootstrap="operator",
    repository=GitRepository(
        url=_REPOSITORY,
        secret="flux-system",  # noqa: S106  # the name of a Secret
    ),
    substitute_from=(_FACTS, _APPROLE),
)

# Groups of the issuer, and their ClusterRoles.
_READERS = ("backend", "data", "frontend")
_GROUPS: dict[str, BuiltInRole] = {
    "admin": "cluster-admin",
    "backend": "edit",
    "data": "edit",
    "frontend": "edit",
}

# ServiceAccounts of databases, named like them, whose backups need AWS.
_DATABASES = (
    ServiceAccountName(name="xplane-harbor", namespace="tooling"),
    ServiceAccountName(name="xplane-image-gallery-postgres", namespace="apps"),
    ServiceAccountName(name="xplane-oncall", namespace="observability"),
    ServiceAccountName(name="xplane-zitadel", namespace="security"),
)


def mycluster_0(platform: Platform) -> Cluster:
    """Build the cluster with all of its components, dependencies first."""
    cluster = Cluster(
        platform,
        "mycluster-0",
        domain=Host("cloud.ogenki.io"),
        delivery=_FLUX,
        kubernetes="1.34",
        layers=_LAYERS,
        # OpenTofu installs Cilium: without it no node is ready.
        provided_groups=["cilium.io"],
        offers=[CiliumNetwork(), GatewayApi(tls_route="v1alpha2"), MONITORING],
    )
    metrics = SingleMetrics(retention="30d", size=Quantity("50Gi"))
    cluster.offer(
        WorkloadDefaults(
            user=1001,
            pod_variables=True,
            environment=cluster.placeholder("environment"),
            traces_endpoint=TRACES_URL,
            metrics_endpoint=metrics.telemetry_url(NAMESPACE),
        )
    )
    _crds(cluster)
    namespaces = Namespaces(cluster)
    CrdChart(
        cluster,
        "crds-prometheus-operator",
        namespace=namespaces.observability,
        chart=catalogue.PROMETHEUS_OPERATOR_CRDS,
    )
    providers = _crossplane(cluster, namespaces)
    identities = _identities(cluster, namespaces)
    issuers = _secrets(cluster, namespaces, identities)
    nodes = _nodes(cluster, namespaces, identities)
    proxies = TailscaleOperator(cluster, namespace=namespaces.tailscale, nodes=nodes.default)
    gateways = _traffic(cluster, namespaces, issuers, identities, proxies)
    cluster.offer(logins(cluster, gateways.private_domain))
    CrossplaneConfiguration(cluster, functions=providers.functions)
    _policies(cluster, namespaces)
    watched = observe(
        cluster,
        namespaces,
        metrics=metrics,
        logs=SingleLogs(retention="14d", size=Quantity("50Gi")),
        admin=gateways.admin,
        discovery=identities.metrics.ready,
    )
    Zitadel(
        cluster,
        namespace=namespaces.security,
        gateway_class=gateways.internet,
        issuer=issuers.public,
    )
    GroupAccess(cluster, groups=_GROUPS, prefix="ogenki-")
    flux = _delivery(cluster, namespaces, gateways)
    _pipelines(cluster, namespaces, nodes)
    apps = run_apps(cluster, namespaces, watched)
    equip(cluster, namespaces, watched=watched, flux=flux, readers=_READERS, apps=apps)
    return cluster


def _crossplane(cluster: Cluster, namespaces: Namespaces) -> CrossplaneProviders:
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


def _identities(cluster: Cluster, namespaces: Namespaces) -> EksPodIdentities:
    """Add the AWS identities that other components need first, and the database operators."""
    backups = DatabaseBackups(cluster, namespace=namespaces.infrastructure)
    identities = EksPodIdentities(
        cluster, namespace=namespaces.security, backups=backups.bucket, databases=_DATABASES
    )
    cluster.offer(BackupStore(BucketLocation.of(backups.bucket), identities.databases))
    cluster.offer(CloudNativePg(cluster, namespace=namespaces.infrastructure).operator)
    cluster.offer(AtlasOperator(cluster, namespace=namespaces.infrastructure).operator)
    return identities


def _secrets(
    cluster: Cluster, namespaces: Namespaces, identities: EksPodIdentities
) -> CloudIssuers:
    """Add the secret store and the certificate issuers."""
    external_secrets = ExternalSecrets(
        cluster, namespace=namespaces.security, identity=identities.external_secrets.ready
    )
    cluster.offer(external_secrets.store)
    bao = cluster.domain.sub("priv").sub("bao")
    OpenbaoSnapshot(cluster, namespace=namespaces.security, server=bao)
    cert_manager = CertManager(
        cluster,
        layer="security",
        namespace=namespaces.security,
        chart=catalogue.CERT_MANAGER.at("v1.19.2"),
        identity=identities.cert_manager.ready,
    )
    cert_manager.scrape()
    return CloudIssuers(
        cert_manager,
        email=_ACME_CONTACT,
        openbao=bao,
        approle_id=cluster.placeholder("cert_manager_approle_id"),
    )


def _traffic(
    cluster: Cluster,
    namespaces: Namespaces,
    issuers: CloudIssuers,
    identities: EksPodIdentities,
    proxies: TailscaleOperator,
) -> PlatformGateways:
    """Add gateways and DNS."""
    gateways = PlatformGateways(
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


def _nodes(
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


def _delivery(cluster: Cluster, namespaces: Namespaces, gateways: PlatformGateways) -> FluxOperator:
    """Add Flux itself."""
    return FluxOperator(
        cluster,
        namespace=namespaces.flux_system,
        gateway=gateways.admin,
        issuer=cluster.host("auth"),
    )


def _pipelines(cluster: Cluster, namespaces: Namespaces, nodes: KarpenterNodepools) -> None:
    """Add the CI of the organization."""
    controller = GhaRunnerController(cluster, namespace=namespaces.tooling)
    engine = DaggerEngine(cluster, namespace=namespaces.dagger, nodes=nodes.io)
    GhaRunners(
        cluster,
        namespace=namespaces.tooling,
        controller=controller.service_account,
        engine=engine,
        url=_REPOSITORY.removesuffix(".git"),
    )


def _policies(cluster: Cluster, namespaces: Namespaces) -> None:
    kyverno = Kyverno(
        cluster,
        namespace=namespaces.security,
        chart=catalogue.KYVERNO.at("3.6.2").without_crds(),
        admission_replicas=3,
    )
    kyverno.scrape()
    KyvernoPolicies(cluster, namespace=namespaces.security, engine=kyverno.release.resource.ref)


def _crds(cluster: Cluster) -> None:
    Crds(cluster, "crds-actions-runner-controller", source=catalogue.CRDS_ACTIONS_RUNNER_CONTROLLER)
    Crds(cluster, "crds-cloudnative-pg", source=catalogue.CRDS_CLOUDNATIVE_PG)
    Crds(cluster, "crds-external-secrets", source=catalogue.CRDS_EXTERNAL_SECRETS)
    Crds(cluster, "crds-gateway-api", source=catalogue.CRDS_GATEWAY_API)
    Crds(cluster, "crds-grafana-operator", source=catalogue.CRDS_GRAFANA_OPERATOR)
    Crds(cluster, "crds-kyverno", source=catalogue.CRDS_KYVERNO)
    Crds(cluster, "crds-tailscale-operator", source=catalogue.CRDS_TAILSCALE_OPERATOR)
    Crds(cluster, "crds-victoria-metrics-operator", source=catalogue.CRDS_VICTORIA_METRICS_OPERATOR)
