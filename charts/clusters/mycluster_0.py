"""mycluster-0: EKS on AWS, delivered by Flux, with cloud resources from Crossplane."""

from charts import catalogue
from charts.apps.pev2 import Pev2
from charts.apps.podinfo import Podinfo
from charts.infrastructure.cert_manager import CertManager
from charts.infrastructure.crds import Crds
from charts.infrastructure.external_dns import ExternalDns
from charts.infrastructure.gateways import PlatformGateways
from charts.infrastructure.namespaces import Namespaces
from charts.infrastructure.prometheus_operator_crds import PrometheusOperatorCrds
from charts.security.cloud_issuers import CloudIssuers
from charts.security.external_secrets import ExternalSecrets
from charts.security.kyverno import Kyverno
from charts.security.kyverno_policies import KyvernoPolicies
from kubestrata import (
    Cluster,
    Flux,
    GitRepository,
    Host,
    Placeholder,
    Platform,
    SubstituteFrom,
)
from kubestrata.constructs import CiliumNetwork, Gateways
from kubestrata.constructs.cloud import AwsAccount
from kubestrata.constructs.traffic import GatewayApi

_LAYERS = ("infrastructure", "security", "observability", "tooling", "apps")

# OpenTofu writes both before GitOps begins.
_FACTS = SubstituteFrom(
    "ConfigMap",
    "eks-mycluster-0-vars",
    keys=(
        "aws_account_id",
        "cluster_name",
        "domain_name",
        "karpenter_queue_name",
        "oidc_issuer_host",
        "oidc_issuer_url",
        "oidc_provider_arn",
        "region",
        "vpc_id",
    ),
)
_APPROLE = SubstituteFrom(
    "Secret", "cert-manager-openbao-approle", keys=("cert_manager_approle_id",)
)

_FLUX = Flux(
    bootstrap="operator",
    repository=GitRepository(
        url="https://github.com/ogenki/platform",
        secret="flux-system",  # noqa: S106  # the name of a Secret
    ),
    substitute_from=(_FACTS, _APPROLE),
)
_AWS = AwsAccount(
    account_id=Placeholder("aws_account_id"),
    region=Placeholder("region"),
    cluster_name=Placeholder("cluster_name"),
)


def mycluster_0(platform: Platform) -> Cluster:
    """The cluster and everything that runs on it, from the ground up."""
    cluster = Cluster(
        platform,
        "mycluster-0",
        domain=Host("cloud.ogenki.io"),
        delivery=_FLUX,
        kubernetes="1.34",
        layers=_LAYERS,
        # OpenTofu installs Cilium: without it no node is ready.
        provided_groups=["cilium.io"],
        offers=[CiliumNetwork(), _AWS, GatewayApi(tls_route="v1alpha2")],
    )
    _crds(cluster)
    namespaces = Namespaces(cluster)
    PrometheusOperatorCrds(cluster, namespace=namespaces.observability)
    external_secrets = ExternalSecrets(cluster, namespace=namespaces.security)
    cluster.offer(external_secrets.store)
    issuers = _certificates(cluster, namespaces)
    _traffic(cluster, namespaces, issuers)
    _policies(cluster, namespaces)
    _apps(cluster, namespaces)
    return cluster


def _certificates(cluster: Cluster, namespaces: Namespaces) -> CloudIssuers:
    cert_manager = CertManager(
        cluster,
        layer="security",
        namespace=namespaces.security,
        chart=catalogue.CERT_MANAGER.at("v1.19.2"),
    )
    return CloudIssuers(
        cert_manager,
        email=f"hostmaster@{cluster.domain}",
        openbao=cluster.domain.sub("priv").sub("bao"),
        approle_id=cluster.placeholder("cert_manager_approle_id"),
    )


def _traffic(cluster: Cluster, namespaces: Namespaces, issuers: CloudIssuers) -> None:
    tools = [namespaces.observability, namespaces.tooling]
    gateways = PlatformGateways(
        cluster,
        namespace=namespaces.infrastructure,
        private_issuer=issuers.private,
        public_issuer=issuers.public,
        general=[namespaces.apps, *tools],
        admin=[namespaces.flux_system, namespaces.kube_system, *tools],
        public=[namespaces.apps, namespaces.tooling],
    )
    cluster.offer(Gateways(public=gateways.public, private=gateways.general))
    ExternalDns(cluster, namespace=namespaces.infrastructure)


def _policies(cluster: Cluster, namespaces: Namespaces) -> None:
    kyverno = Kyverno(
        cluster,
        namespace=namespaces.security,
        chart=catalogue.KYVERNO.at("3.6.2").without_crds(),
        admission_replicas=3,
    )
    KyvernoPolicies(cluster, namespace=namespaces.security, engine=kyverno.release.resource.ref)


def _crds(cluster: Cluster) -> None:
    Crds(cluster, "actions-runner-controller", source=catalogue.CRDS_ACTIONS_RUNNER_CONTROLLER)
    Crds(cluster, "cloudnative-pg", source=catalogue.CRDS_CLOUDNATIVE_PG)
    Crds(cluster, "external-secrets", source=catalogue.CRDS_EXTERNAL_SECRETS)
    Crds(cluster, "gateway-api", source=catalogue.CRDS_GATEWAY_API)
    Crds(cluster, "grafana-operator", source=catalogue.CRDS_GRAFANA_OPERATOR)
    Crds(cluster, "kyverno", source=catalogue.CRDS_KYVERNO)
    Crds(cluster, "tailscale-operator", source=catalogue.CRDS_TAILSCALE_OPERATOR)
    Crds(cluster, "victoria-metrics-operator", source=catalogue.CRDS_VICTORIA_METRICS_OPERATOR)


def _apps(cluster: Cluster, namespaces: Namespaces) -> None:
    Podinfo(cluster, namespace=namespaces.apps)
    Pev2(cluster, namespace=namespaces.tooling)
