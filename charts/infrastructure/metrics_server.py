"""The metrics API for autoscalers and `kubectl top`."""

from collections.abc import Sequence
from typing import Literal

from charts import catalogue
from charts.resource_request import resources
from kubestrata import Cluster, Frozen, JsonObject, Reference
from kubestrata.constructs import Flow, HelmChart, HelmComponent

_PORT = 10250
_KUBELET = 10250
Spread = Literal["preferred", "required"]
_RESOURCES: JsonObject = resources("100m", "200Mi", "400Mi")


class Kubelets(Frozen):
    """Kubelets with certificates of their own, and the types of their addresses in order."""

    address_types: Sequence[str]

    @property
    def arguments(self) -> Sequence[str]:
        """Return the arguments of the program."""
        types = ",".join(self.address_types)
        return ["--kubelet-insecure-tls", f"--kubelet-preferred-address-types={types}"]


class MetricsServer(HelmComponent):
    """Two replicas that scrape the kubelets and serve the metrics API.

    `spread` is whether a replica that has no node of its own stays pending. `kubelets` is for
    clusters whose kubelets have certificates that no authority of the cluster signed.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        spread: Spread = "required",
        chart: HelmChart = catalogue.METRICS_SERVER,
        kubelets: Kubelets | None = None,
        resources: JsonObject = _RESOURCES,
    ) -> None:
        super().__init__(
            scope,
            "metrics-server",
            layer="infrastructure",
            namespace=namespace,
            chart=chart,
            values=_values(spread, kubelets, resources),
            flows=[
                Flow.to_kubernetes_api(),
                Flow.from_kubernetes_api(_PORT),
                Flow.to_nodes(_KUBELET),
            ],
        )


def _values(spread: Spread, kubelets: Kubelets | None, resources: JsonObject) -> JsonObject:
    unsatisfiable = "DoNotSchedule" if spread == "required" else "ScheduleAnyway"
    arguments: JsonObject = {"args": kubelets.arguments} if kubelets is not None else {}
    return {
        **arguments,
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
        "resources": resources,
    }
