"""AWS load balancers for Services and Gateways."""

from charts import catalogue
from charts.resource_request import resources
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent
from kubestrata.constructs.cloud import AwsAccount
from kubestrata.constructs.observability import Monitoring, Scrape

_WEBHOOKS, _METRICS = 9443, 8080
_SERVICES = ("acm", "ec2", "elasticloadbalancing", "sts")


class AwsLoadBalancerController(HelmComponent):
    """The controller, which creates load balancers for Services of its own class only.

    `identity` gives its ServiceAccount a role; `vpc_id` is the cluster's network.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, identity: Reference, vpc_id: str
    ) -> None:
        aws = scope.ask(AwsAccount)
        super().__init__(
            scope,
            "aws-load-balancer-controller",
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.AWS_LOAD_BALANCER_CONTROLLER,
            values=_values(aws, vpc_id, scope.placeholder("environment")),
            flows=[
                Flow.to_kubernetes_api(),
                Flow.from_kubernetes_api(_WEBHOOKS),
                Flow.to_pod_identity(),
                Flow.to_hosts(*aws.hosts(*_SERVICES)),
                Flow.from_pods(scope.ask(Monitoring).scraper, _METRICS),
            ],
        )
        Scrape(self, "aws-load-balancer-controller", pods=self.release.pods, port="metrics-server")
        # Pods that start before it have no role.
        self.needs(identity)


def _values(aws: AwsAccount, vpc_id: str, environment: str) -> JsonObject:
    return {
        "clusterName": aws.cluster_name,
        "region": aws.region,
        "vpcId": vpc_id,
        "replicaCount": 2,
        "defaultTags": {"clusterName": aws.cluster_name, "environment": environment},
        "serviceAccount": {"name": "aws-load-balancer-controller"},
        # Services without a class are Cilium's and Tailscale's.
        "enableServiceMutatorWebhook": False,
        # Its role has no permissions for these.
        **dict.fromkeys(("enableShield", "enableWaf", "enableWafv2"), False),
        "webhookBindPort": _WEBHOOKS,
        "podDisruptionBudget": {"maxUnavailable": 1},
        "resources": resources("50m", "128Mi", "256Mi"),
    }
