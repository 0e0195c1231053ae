"""Retention and size of VictoriaMetrics, on one pod or on many."""

from typing import Protocol

from charts.observability.store import Store
from charts.resource_request import resources
from kubestrata import Frozen, JsonObject, Quantity, ServiceReference
from kubestrata.constructs import HelmRelease, Pods

NAME = "victoria-metrics-k8s-stack"
_OTLP = "/opentelemetry/v1/metrics"


def pods(part: str, namespace: str) -> Pods:
    """Return the pods of one part of the stack, by the labels of the operator."""
    labels = {"app.kubernetes.io/name": part, "app.kubernetes.io/instance": NAME}
    return Pods(part, namespace, labels)


class MetricsStore(Store, Protocol):
    """A store of metrics."""

    def read_url(self, release: HelmRelease) -> str:
        """Return the URL for queries: the base of Prometheus' API."""
        ...

    def write_url(self, release: HelmRelease) -> str:
        """Return the URL for samples: the base of Prometheus' remote write."""
        ...

    def telemetry_url(self, namespace: str) -> str:
        """Return the URL for metrics by OTLP over HTTP, of a stack in `namespace`."""
        ...


class SingleMetrics(Frozen):
    """One pod with one volume."""

    retention: str
    size: Quantity

    @property
    def values(self) -> JsonObject:
        spec: JsonObject = {
            "port": "8428",
            "retentionPeriod": self.retention,
            "storage": {
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": self.size}},
            },
            "resources": resources("200m", "512Mi", "2Gi"),
            "useStrictSecurity": True,
        }
        return {"vmsingle": {"enabled": True, "spec": spec}, "vmcluster": {"enabled": False}}

    @property
    def reader(self) -> tuple[str, int]:
        return ("vmsingle", 8428)

    @property
    def writer(self) -> tuple[str, int]:
        return self.reader

    @property
    def ports(self) -> tuple[int, ...]:
        return (8428,)

    def read_url(self, release: HelmRelease) -> str:
        return _service(release, "vmsingle", 8428).url()

    def write_url(self, release: HelmRelease) -> str:
        return self.read_url(release)

    def telemetry_url(self, namespace: str) -> str:
        return f"http://vmsingle-{NAME}.{namespace}.svc.cluster.local:8428{_OTLP}"


class ClusterMetrics(Frozen):
    """Separate writers, readers and storage nodes, with two copies of every sample."""

    retention: str
    size: Quantity
    replicas: int = 3

    @property
    def values(self) -> JsonObject:
        spec: JsonObject = {
            "retentionPeriod": self.retention,
            "replicationFactor": 2,
            "useStrictSecurity": True,
            "vmstorage": {
                "replicaCount": self.replicas,
                "storage": _claim(self.size),
                "resources": resources("200m", "1Gi", "2Gi"),
            },
            "vmselect": {
                "replicaCount": 2,
                "port": "8481",
                "storage": _claim(Quantity("2Gi")),
                "resources": resources("100m", "256Mi", "1Gi"),
            },
            "vminsert": {
                "replicaCount": 2,
                "port": "8480",
                "resources": resources("100m", "128Mi", "512Mi"),
            },
        }
        return {"vmsingle": {"enabled": False}, "vmcluster": {"enabled": True, "spec": spec}}

    @property
    def reader(self) -> tuple[str, int]:
        return ("vmselect", 8481)

    @property
    def writer(self) -> tuple[str, int]:
        return ("vminsert", 8480)

    @property
    def ports(self) -> tuple[int, ...]:
        # vminsert writes to 8400 of vmstorage, vmselect reads from 8401.
        return (8400, 8401, 8480, 8481, 8482)

    def read_url(self, release: HelmRelease) -> str:
        return _service(release, "vmselect", 8481).url("/select/0/prometheus")

    def write_url(self, release: HelmRelease) -> str:
        return _service(release, "vminsert", 8480).url("/insert/0/prometheus")

    def telemetry_url(self, namespace: str) -> str:
        return f"http://vminsert-{NAME}.{namespace}.svc.cluster.local:8480/insert/0{_OTLP}"


def _service(release: HelmRelease, part: str, port: int) -> ServiceReference:
    return release.service(f"{part}-{NAME}", port)


def _claim(size: Quantity) -> JsonObject:
    return {"volumeClaimTemplate": {"spec": {"resources": {"requests": {"storage": size}}}}}
