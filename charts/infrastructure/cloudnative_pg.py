"""The PostgreSQL operator."""

from collections.abc import Mapping

from charts import catalogue
from charts.resource_request import resources
from kubestrata import Cluster, JsonObject, Namespace, Reference
from kubestrata.constructs import Flow, HelmChart, HelmComponent
from kubestrata.constructs.data import PostgresOperator
from kubestrata.constructs.observability import Monitoring, Scrape

_NAME = "cloudnative-pg"
_WEBHOOK = 9443
_WITHOUT_CRDS = catalogue.CLOUDNATIVE_PG.without_crds()


class CloudNativePg(HelmComponent):
    """CloudNativePG for every namespace, with its CRDs if `chart` provides them.

    Provide `operator` to the cluster, for the databases' network policies. `dashboard` adds the
    operator's own, `configuration` are its settings, `values` further ones of the chart.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Namespace | Reference,
        chart: HelmChart = _WITHOUT_CRDS,
        configuration: Mapping[str, str] | None = None,
        dashboard: bool = False,
        values: JsonObject | None = None,
    ) -> None:
        settings: JsonObject = {"config": {"data": configuration}} if configuration else {}
        shown: JsonObject = {"monitoring": {"grafanaDashboard": {"create": True}}}
        super().__init__(
            scope,
            _NAME,
            layer="infrastructure",
            namespace=namespace,
            chart=chart,
            values={
                "crds": {"create": bool(chart.provides)},
                **_VALUES,
                **settings,
                **(shown if dashboard else {}),
                **(values or {}),
            },
            flows=[Flow.to_kubernetes_api(), Flow.from_kubernetes_api(_WEBHOOK)],
        )
        self.operator = PostgresOperator(self.release.pods, self)
        if scope.find(Monitoring) is not None:
            Scrape(self, _NAME, pods=self.release.pods, port="metrics")


_VALUES: JsonObject = {
    # One pod leads; the other answers webhooks during a leader change.
    "replicaCount": 2,
    "resources": resources("50m", "256Mi", "256Mi"),
    "topologySpreadConstraints": [
        {
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {"app.kubernetes.io/name": _NAME}},
        }
    ],
}
