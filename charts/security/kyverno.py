"""The policy engine."""

from charts import catalogue
from kubestrata import Cluster, Frozen, JsonObject, Namespace, Reference
from kubestrata.constructs import Flow, HelmChart, HelmComponent
from kubestrata.constructs.observability import Scrape

_NAME = "kyverno"


class ControllerResources(Frozen):
    """Requests and limits of each controller, in place of the chart's."""

    admission: JsonObject
    background: JsonObject
    cleanup: JsonObject
    reports: JsonObject


class Kyverno(HelmComponent):
    """Kyverno, with `admission_replicas` admission controllers and one replica of all others.

    Pass a chart without CRDs if another component installs them. `resources` None are the chart's.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Namespace | Reference,
        chart: HelmChart = catalogue.KYVERNO,
        admission_replicas: int = 1,
        resources: ControllerResources | None = None,
    ) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="security",
            namespace=namespace,
            chart=chart,
            values=_values(chart, admission_replicas, resources),
            # It does not start without the CRDs.
            creates=["kyverno.io"],
            flows=[Flow.to_kubernetes_api(), Flow.from_kubernetes_api(9443)],
        )

    def scrape(self) -> None:
        """Let the cluster's monitoring scrape results and latency of admission."""
        Scrape(self, _NAME, pods=self.release.pods, port="metrics-port")
        # The background, cleanup and reports controllers call it differently.
        Scrape(self, f"{_NAME}-controllers", pods=self.release.pods, port="metrics")


def _values(
    chart: HelmChart, admission_replicas: int, resources: ControllerResources | None
) -> JsonObject:
    # Pods of hooks need the API server, and get no labels by default.
    labels: JsonObject = {"app.kubernetes.io/instance": _NAME}
    crds = {} if chart.provides else {"install": False}
    return {
        "crds": {**crds, "migration": {"podLabels": labels}},
        "webhooksCleanup": {"podLabels": labels},
        "admissionController": {
            "replicas": admission_replicas,
            **({"container": {"resources": resources.admission}} if resources else {}),
        },
        "backgroundController": _one(resources.background if resources else None),
        "cleanupController": _one(resources.cleanup if resources else None),
        "reportsController": _one(resources.reports if resources else None),
    }


def _one(resources: JsonObject | None) -> JsonObject:
    return {"replicas": 1, **({"resources": resources} if resources else {})}
