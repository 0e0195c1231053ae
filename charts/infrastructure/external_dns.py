"""DNS records in Route 53 for the hosts of routes."""

from charts import catalogue
from kubeapis import helm
from kubestrata import Cluster, Reference
from kubestrata.constructs import Flow, HelmComponent
from kubestrata.constructs.cloud import AwsAccount
from kubestrata.constructs.observability import Monitoring, Scrape
from kubestrata.constructs.traffic import PUBLISHED_FILTER

_NAME = "external-dns"


class ExternalDns(HelmComponent):
    """external-dns: it publishes the routes of labelled Gateways, and prunes its own records.

    `identity` is the cloud identity of its pods.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, identity: Reference) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.EXTERNAL_DNS,
            values=_values(scope),
            # It watches Gateways and routes, and fails to start without their CRDs.
            creates=["gateway.networking.k8s.io"],
            flows=[
                Flow.to_kubernetes_api(),
                Flow.to_pod_identity(),
                Flow.to_hosts("route53.amazonaws.com"),
            ],
        )
        self.needs(identity)
        if scope.find(Monitoring) is not None:
            Scrape(self, _NAME, pods=self.release.pods, port="http")


def _values(cluster: Cluster) -> helm.external_dns.Values:
    account = cluster.ask(AwsAccount)
    return helm.external_dns.Values(
        provider=helm.external_dns.ValuesProvider(name="aws"),
        env=[{"name": "AWS_DEFAULT_REGION", "value": account.region}],
        sources=["gateway-httproute", "gateway-grpcroute", "gateway-tlsroute"],
        domain_filters=[cluster.domain],
        policy="sync",
        registry="txt",
        # The owner of records, where clusters share a zone.
        txt_owner_id=account.cluster_name,
        extra_args=[f"--gateway-label-filter={PUBLISHED_FILTER}"],
        log_format="json",
        resources={
            "requests": {"cpu": "10m", "memory": "64Mi"},
            "limits": {"memory": "128Mi"},
        },
    )
