"""The policy engine."""

from charts import catalogue
from kubestrata import Cluster, JsonObject, Namespace
from kubestrata.constructs import HelmComponent


class Kyverno(HelmComponent):
    """Kyverno, one replica of each controller."""

    def __init__(self, scope: Cluster) -> None:
        super().__init__(
            scope,
            "kyverno",
            layer="security",
            namespace=Namespace("kyverno", pod_security="restricted"),
            chart=catalogue.KYVERNO,
            values=_VALUES,
        )


_VALUES: JsonObject = {
    "admissionController": {"replicas": 1},
    "backgroundController": {"replicas": 1},
    "cleanupController": {"replicas": 1},
    "reportsController": {"replicas": 1},
}
