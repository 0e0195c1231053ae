"""Strimzi, the operator of Kafka."""

from charts import catalogue
from charts.resource_request import apart, bounded
from charts.security_context import HARDENED, restricted_pod
from kubestrata import Cluster, Component, Duration, JsonObject, Reconcile, Reference
from kubestrata.constructs import Flow, HelmRelease, Pods
from kubestrata.constructs.data import KafkaOperator

_NAME = "strimzi-cluster-operator"
_LABELS = {"name": _NAME, "strimzi.io/kind": "cluster-operator"}
_USER = 1000
_TIMEOUT = Duration("10m")


class StrimziOperator(Component):
    """The operator in two replicas, one of which leads, with its CRDs and their budget.

    It watches `watched`, and creates network policies there. Provide `operator` to the cluster;
    pods serve metrics at the port `http`.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, watched: Reference) -> None:
        name = "strimzi-operator"
        reconcile = Reconcile(timeout=_TIMEOUT)
        super().__init__(
            scope, name, layer="infrastructure", namespace=namespace, reconcile=reconcile
        )
        self.release = HelmRelease(
            self,
            name,
            chart=catalogue.STRIMZI,
            values=_values(watched),
            interval=Duration("30m"),
            timeout=_TIMEOUT,
        )
        pods = Pods(_NAME, namespace.object_name, _LABELS)
        self.release.allow(Flow.to_kubernetes_api(), pods=pods)
        self.operator = KafkaOperator(pods, self, api="v1beta2")


def _values(watched: Reference) -> JsonObject:
    return {
        "replicas": 2,
        "watchNamespaces": [watched.name],
        "generateNetworkPolicy": True,
        "resources": bounded("200m", "256Mi", "1", "512Mi"),
        "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
        "affinity": apart(_LABELS),
        "podSecurityContext": restricted_pod(_USER),
        "securityContext": HARDENED,
    }
