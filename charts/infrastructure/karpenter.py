"""Node autoscaling."""

from charts import catalogue
from charts.resource_request import resources
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent
from kubestrata.constructs.cloud import AwsAccount
from kubestrata.constructs.observability import Scrape

# AWS services that it calls; the pricing API of Europe is in one region.
_SERVICES = ("ec2", "eks", "iam", "sqs", "ssm", "sts")
_PRICES = "api.pricing.eu-central-1.amazonaws.com"


class Karpenter(HelmComponent):
    """The controller with its CRDs, on nodes that it does not manage itself.

    `interruption_queue` is the SQS queue with interruption notices of nodes. OpenTofu gives the
    ServiceAccount its role, because Crossplane's pods already need nodes.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, interruption_queue: str) -> None:
        aws = scope.ask(AwsAccount)
        super().__init__(
            scope,
            "karpenter",
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.KARPENTER,
            values=_values(aws.cluster_name, interruption_queue),
            flows=[
                Flow.to_kubernetes_api(),
                Flow.to_pod_identity(),
                Flow.to_hosts(*aws.hosts(*_SERVICES), _PRICES),
            ],
        )
        Scrape(self, "karpenter", pods=self.release.pods, port="http-metrics")


def _values(cluster_name: str, interruption_queue: str) -> JsonObject:
    return {
        "serviceAccount": {"name": "karpenter"},
        "replicas": 2,
        "settings": {"clusterName": cluster_name, "interruptionQueue": interruption_queue},
        "controller": {"resources": resources("100m", "256Mi", "512Mi")},
    }
