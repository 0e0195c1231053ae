"""mycluster-0: EKS on AWS, delivered by Flux, with cloud resources from Crossplane."""

from charts import catalogue
from charts.clusters.mycluster_0.apps import run_apps
from charts.clusters.mycluster_0.infrastructure import (
    add_crossplane,
    add_identities,
    add_nodes,
    install_crds,
    open_network,
)
from charts.clusters.mycluster_0.logins import logins
from charts.clusters.mycluster_0.namespaces import Namespaces
from charts.clusters.mycluster_0.observability import observe
from charts.clusters.mycluster_0.security import enforce, keep_secrets, sign_on
from charts.clusters.mycluster_0.tooling import add_flux, add_pipelines, add_tools
from charts.infrastructure.crds import CrdChart
from charts.infrastructure.crossplane_configuration import CrossplaneConfiguration
from charts.infrastructure.tailscale_operator import TailscaleOperator
from charts.observability.victoria_logs import SingleLogs
from charts.observability.victoria_metrics_stack import MONITORING, NAMESPACE
from charts.observability.victoria_metrics_store import SingleMetrics
from charts.observability.victoria_traces import TRACES_URL
from kubestrata import Cluster, Flux, GitRepository, Host, Platform, Quantity, SubstituteFrom
from kubestrata.constructs import CiliumNetwork, WorkloadDefaults
from kubestrata.constructs.traffic import GatewayApi

_LAYERS = ("infrastructure", "security", "observability", "tooling", "apps")

_REPOSITORY = "https://github.com/Smana/cloud-native-ref.git"
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

# Groups of the issuer that may read cluster-scoped objects.
_READERS = ("backend", "data", "frontend")


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
    install_crds(cluster)
    namespaces = Namespaces(cluster)
    CrdChart(
        cluster,
        "crds-prometheus-operator",
        namespace=namespaces.observability,
        chart=catalogue.PROMETHEUS_OPERATOR_CRDS,
    )
    providers = add_crossplane(cluster, namespaces)
    identities = add_identities(cluster, namespaces)
    issuers = keep_secrets(cluster, namespaces, identities)
    nodes = add_nodes(cluster, namespaces, identities)
    proxies = TailscaleOperator(cluster, namespace=namespaces.tailscale, nodes=nodes.default)
    gateways = open_network(cluster, namespaces, issuers, identities, proxies)
    cluster.offer(logins(cluster, gateways.private_domain))
    CrossplaneConfiguration(cluster, functions=providers.functions)
    enforce(cluster, namespaces)
    watched = observe(
        cluster,
        namespaces,
        metrics=metrics,
        logs=SingleLogs(retention="14d", size=Quantity("50Gi")),
        admin=gateways.admin,
        discovery=identities.metrics.ready,
    )
    sign_on(cluster, namespaces, gateways, issuers)
    flux = add_flux(cluster, namespaces, gateways)
    add_pipelines(cluster, namespaces, nodes, repository=_REPOSITORY.removesuffix(".git"))
    apps = run_apps(cluster, namespaces, watched)
    add_tools(cluster, namespaces, watched=watched, flux=flux, readers=_READERS, apps=apps)
    return cluster
