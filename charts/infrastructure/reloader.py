"""Restarts of workloads whose Secrets or ConfigMaps change."""

from charts import catalogue
from charts.resource_request import bounded
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmChart, HelmComponent


class Reloader(HelmComponent):
    """Reloader, which restarts the annotated workloads of every namespace."""

    def __init__(
        self, scope: Cluster, *, namespace: Reference, chart: HelmChart = catalogue.RELOADER
    ) -> None:
        super().__init__(
            scope,
            "reloader",
            layer="infrastructure",
            namespace=namespace,
            chart=chart,
            values=_VALUES,
            flows=[Flow.to_kubernetes_api()],
        )


_VALUES: JsonObject = {
    "reloader": {
        "watchGlobally": True,
        "enableHA": False,
        "deployment": {"resources": bounded("10m", "64Mi", "100m", "128Mi")},
    }
}
