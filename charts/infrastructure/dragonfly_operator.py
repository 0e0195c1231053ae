"""The operator of Dragonfly."""

from charts import catalogue
from charts.resource_request import apart, bounded
from charts.security_context import HARDENED, restricted_pod
from kubestrata import Cluster, Component, Duration, JsonObject, Reference
from kubestrata.constructs import Flow, HelmRelease, Patch, PatchStep
from kubestrata.constructs.data import DragonflyOperator as Operator
from kubestrata.constructs.scaling import Availability, DisruptionBudget

_NAME = "dragonfly-operator"
_REPLICAS = 2
_USER = 10001


# The chart's Service has the port of its proxy first, even without the proxy.
_WITHOUT_PROXY = Patch.steps(
    "v1",
    "Service",
    [PatchStep("remove", "/spec/ports/0")],
    name=f"{_NAME}-controller-svc",
)


class DragonflyOperator(Component):
    """The operator in two replicas, one of which leads, with its CRD and their budget.

    Provide `operator` to the cluster. Pods serve metrics at 8080 to those of `release.pods`.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, _NAME, layer="infrastructure", namespace=namespace)
        self.release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.DRAGONFLY_OPERATOR,
            values=_VALUES,
            creates=["monitoring.coreos.com"],
            patches=[_WITHOUT_PROXY],
            interval=Duration("30m"),
        )
        self.release.allow(Flow.to_kubernetes_api())
        self.operator = Operator(self.release.pods, self)
        DisruptionBudget(
            self,
            _NAME,
            labels=self.release.pods.labels,
            availability=Availability(min_available=1),
            replicas=_REPLICAS,
        )


_VALUES: JsonObject = {
    "replicaCount": _REPLICAS,
    "podSecurityContext": restricted_pod(_USER, _USER),
    # The proxy would hide the metrics from the scraper.
    "rbacProxy": {"enabled": False},
    "manager": {
        "image": {"repository": "ghcr.io/dragonflydb/operator"},
        "resources": bounded("100m", "128Mi", "500m", "256Mi"),
        "securityContext": HARDENED,
        "affinity": apart({"app.kubernetes.io/name": _NAME}),
    },
    "serviceMonitor": {"enabled": True},
}
