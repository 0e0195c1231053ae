"""The PostgreSQL operator."""

from charts import catalogue
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent
from kubestrata.constructs.data import PostgresOperator
from kubestrata.constructs.observability import Monitoring, Scrape

_NAME = "cloudnative-pg"
_WEBHOOK = 9443


class CloudNativePg(HelmComponent):
    """CloudNativePG for every namespace; another component installs its CRDs.

    Provide `operator` to the cluster, for the databases' network policies.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.CLOUDNATIVE_PG.without_crds(),
            values=_VALUES,
            flows=[Flow.to_kubernetes_api(), Flow.from_kubernetes_api(_WEBHOOK)],
        )
        self.operator = PostgresOperator(self.release.pods, self)
        if scope.find(Monitoring) is not None:
            Scrape(self, _NAME, pods=self.release.pods, port="metrics")


_VALUES: JsonObject = {
    "crds": {"create": False},
    # One pod leads; the other answers webhooks during a leader change.
    "replicaCount": 2,
    "resources": {
        "requests": {"cpu": "50m", "memory": "256Mi"},
        "limits": {"memory": "256Mi"},
    },
    "topologySpreadConstraints": [
        {
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {"app.kubernetes.io/name": _NAME}},
        }
    ],
}
