"""The metrics API for autoscalers and `kubectl top`."""

from typing import Literal

from charts import catalogue
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent

_PORT = 10250
_KUBELET = 10250
Spread = Literal["preferred", "required"]


class MetricsServer(HelmComponent):
    """Two replicas that scrape the kubelets and serve the metrics API.

    `spread` is whether a replica that has no node of its own stays pending.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, spread: Spread = "required"
    ) -> None:
        super().__init__(
            scope,
            "metrics-server",
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.METRICS_SERVER,
            values=_values(spread),
            flows=[
                Flow.to_kubernetes_api(),
                Flow.from_kubernetes_api(_PORT),
                Flow.to_nodes(_KUBELET),
            ],
        )


def _values(spread: Spread) -> JsonObject:
    unsatisfiable = "DoNotSchedule" if spread == "required" else "ScheduleAnyway"
    return {
        "replicas": 2,
        "containerPort": _PORT,
        "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": unsatisfiable,
                "labelSelector": {"matchLabels": {"app.kubernetes.io/instance": "metrics-server"}},
            }
        ],
        "resources": {
            "requests": {"cpu": "100m", "memory": "200Mi"},
            "limits": {"memory": "400Mi"},
        },
    }
