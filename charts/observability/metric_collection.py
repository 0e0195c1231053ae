"""Values of the metrics stack that every cluster of a platform with one central store has."""

from collections.abc import Sequence
from typing import NamedTuple

from charts.observability.control_plane import control_plane
from charts.resource_request import bounded
from kubestrata import Frozen, HealthCheck, HealthExpression, JsonObject, Reference

_REGISTRY = "quay.io"
_VERSION = "v1.122.1"
VMAGENT_PORT = 8429


class Sender(Frozen):
    """A cluster that sends metrics: its name, and the addresses of its control plane."""

    cluster: str
    control_plane: Sequence[str]
    environment: str = "production"

    @property
    def labels(self) -> JsonObject:
        """Return the labels of all its series."""
        return {"cluster": self.cluster, "environment": self.environment}


class PartImage(NamedTuple):
    """The image of a part of VictoriaMetrics."""

    repository: str
    tag: str

    @property
    def value(self) -> JsonObject:
        """Return it as a field of the operator's kinds."""
        return self._asdict()


def image(part: str) -> PartImage:
    """Return the image of a part that runs beside a store on one pod or on many."""
    return PartImage(f"{_REGISTRY}/victoriametrics/{part}", _VERSION)


def store_image(part: str) -> PartImage:
    """Return the image of a part of a store on many pods, which has tags of its own."""
    return image(part)._replace(tag=f"{_VERSION}-cluster")


def operational(namespace: Reference, name: str, *kinds: str) -> list[HealthCheck]:
    """Return checks of objects that the operator runs.

    Their release is ready once they exist, whatever the operator makes of them.
    """
    current = "has(status.updateStatus) && status.updateStatus == 'operational'"
    return [
        HealthCheck(
            name,
            namespace.object_name,
            HealthExpression("operator.victoriametrics.com/v1beta1", kind, current),
        )
        for kind in kinds
    ]


def collection(name: str, sender: Sender) -> JsonObject:
    """Return values that run the operator, vmagent and the exporters of a cluster.

    `name` is the release, and the name of every object of the operator.
    """
    return {
        "fullnameOverride": name,
        "victoria-metrics-operator": _OPERATOR,
        "vmsingle": {"enabled": False},
        "vmagent": {
            "spec": {
                "image": image("vmagent").value,
                "replicaCount": 2,
                "port": str(VMAGENT_PORT),
                "selectAllByDefault": True,
                "scrapeInterval": "30s",
                "externalLabels": sender.labels,
                "useStrictSecurity": True,
                "resources": bounded("100m", "256Mi", "1", "1Gi"),
            }
        },
        "kube-state-metrics": {"resources": bounded("50m", "128Mi", "1", "256Mi")},
        "prometheus-node-exporter": {"resources": bounded("50m", "64Mi", "1", "128Mi")},
        # CoreDNS is scraped by the component that installs it.
        "coreDns": {"enabled": False},
        **control_plane(sender.control_plane),
    }


_OPERATOR: JsonObject = {
    "image": {"registry": _REGISTRY},
    # Another component installs the CRDs; the chart has three values that disable them.
    "crds": {"enabled": False, "plain": False, "cleanup": {"enabled": False}},
    "operator": {"disable_prometheus_converter": False, "enable_converter_ownership": True},
    "admissionWebhooks": {"certManager": {"enabled": True}},
    "serviceMonitor": {"enabled": True},
}
