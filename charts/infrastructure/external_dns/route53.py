"""DNS records in Route 53 for the hosts of routes."""

from __future__ import annotations

from charts import catalogue
from charts.resource_request import resources
from kubeapis import helm
from kubestrata import Cluster, Frozen, Host, Reference
from kubestrata.constructs import Flow, HelmComponent
from kubestrata.constructs.cloud import AwsAccount
from kubestrata.constructs.observability import Monitoring, Scrape
from kubestrata.constructs.traffic import PUBLISHED_FILTER, Visibility

_NAME = "external-dns"


class Zone(Frozen):
    """Hosted zones of one visibility for `domain`; hosts below `without` are left out.

    A host below both a private and a public zone would get records in both.
    """

    visibility: Visibility
    domain: Host
    without: Host | None = None


class Route53Records(HelmComponent):
    """The routes of labelled Gateways as records of one zone; it prunes its own records.

    The first instance, `external-dns`, has the CRDs and the ServiceAccount, with `identity` as its
    cloud identity; another one is `external-dns-<visibility>` and names the first one.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        identity: Reference,
        zone: Zone,
        first: Route53Records | None = None,
    ) -> None:
        name = _NAME if first is None else f"{_NAME}-{zone.visibility}"
        chart = catalogue.EXTERNAL_DNS
        super().__init__(
            scope,
            name,
            layer="infrastructure",
            namespace=namespace,
            chart=chart if first is None else chart.without_crds(),
            values=_values(scope, zone, creates_account=first is None),
            # It watches Gateways and routes, and fails to start without their CRDs.
            creates=["gateway.networking.k8s.io"],
            flows=[
                Flow.to_kubernetes_api(),
                Flow.to_pod_identity(),
                Flow.to_hosts("route53.amazonaws.com"),
            ],
        )
        self.needs(identity)
        if first is not None:
            self.needs(first.release.resource.ref)
        if scope.find(Monitoring) is not None:
            Scrape(self, name, pods=self.release.pods, port="http")


def _values(cluster: Cluster, zone: Zone, *, creates_account: bool) -> helm.external_dns.Values:
    account = cluster.ask(AwsAccount)
    return helm.external_dns.Values(
        provider=helm.external_dns.ValuesProvider(name="aws"),
        env=[{"name": "AWS_DEFAULT_REGION", "value": account.region}],
        sources=["gateway-httproute", "gateway-grpcroute", "gateway-tlsroute"],
        service_account=helm.external_dns.ValuesServiceAccount(create=creates_account, name=_NAME),
        domain_filters=[zone.domain],
        exclude_domains=[zone.without] if zone.without is not None else None,
        policy="sync",
        registry="txt",
        # The owner of records, where clusters share a zone.
        txt_owner_id=account.cluster_name,
        extra_args=[
            f"--aws-zone-type={zone.visibility}",
            # One change set for many records: Route 53 limits the number of calls.
            "--aws-batch-change-size=1000",
            "--min-event-sync-interval=30s",
            f"--gateway-label-filter={PUBLISHED_FILTER}",
        ],
        log_format="json",
        resources=resources("10m", "64Mi", "128Mi"),
    )
