"""The metrics API for autoscalers and `kubectl top`."""

from charts import catalogue
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent

_PORT = 10250
_KUBELET = 10250


class MetricsServer(HelmComponent):
    """Two replicas that scrape the kubelets and serve the metrics API."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(
            scope,
            "metrics-server",
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.METRICS_SERVER,
            values=_VALUES,
            flows=[
                Flow.to_kubernetes_api(),
                Flow.from_kubernetes_api(_PORT),
                Flow.to_nodes(_KUBELET),
            ],
        )


_VALUES: JsonObject = {
    "replicas": 2,
    "containerPort": _PORT,
    "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
    "topologySpreadConstraints": [
        {
            "maxSkew": 1,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "DoNotSchedule",
            "labelSelector": {"matchLabels": {"app.kubernetes.io/instance": "metrics-server"}},
        }
    ],
    "resources": {
        "requests": {"cpu": "100m", "memory": "200Mi"},
        "limits": {"memory": "400Mi"},
    },
}
