"""The operator of Elasticsearch."""

from charts import catalogue
from charts.security_context import restricted_pod
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent

_WEBHOOK = 9443
_ELASTICSEARCH = 9200


class EckOperator(HelmComponent):
    """Elastic Cloud on Kubernetes for every namespace, with its CRDs."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(
            scope,
            "eck-operator",
            layer="platform",
            namespace=namespace,
            chart=catalogue.ECK_OPERATOR,
            values=_VALUES,
            flows=[
                Flow.to_kubernetes_api(),
                Flow.from_kubernetes_api(_WEBHOOK),
                Flow.to_cluster(_ELASTICSEARCH),
            ],
        )


_VALUES: JsonObject = {
    "replicaCount": 1,
    "podSecurityContext": restricted_pod(),
    "resources": {
        "requests": {"cpu": "10m", "memory": "150Mi"},
        # The chart's own limit is removed.
        "limits": {"cpu": None, "memory": "150Mi"},
    },
}
