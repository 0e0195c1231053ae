"""Traces: one VictoriaTraces that ingests OpenTelemetry, and alerts on traces."""

from charts import catalogue
from charts.observability.alerts import log
from charts.observability.log_evaluation import evaluate
from charts.observability.victoria_metrics_stack import GRAFANA, NAMESPACE, VictoriaMetricsStack
from charts.resource_request import resources
from kubestrata import Cluster, Component, Duration, JsonObject, Quantity, Reconcile
from kubestrata.constructs import Endpoint, Flow, HelmRelease, Route
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.observability import (
    DataSource,
    Scrape,
    Source,
)

_NAME = "victoria-traces"
# Set explicitly, so that the names of its Services are known.
_CHART = "vt-single"
_PORT = 10428
TRACES_URL = (
    f"http://{_NAME}-{_CHART}-server.{NAMESPACE}.svc.cluster.local:{_PORT}"
    "/insert/opentelemetry/v1/traces"
)
"""URL for traces of workloads, by OTLP over HTTP."""

_VALUES: JsonObject = {
    "nameOverride": _CHART,
    "server": {
        "retentionPeriod": "7d",
        "persistentVolume": {"enabled": True, "size": Quantity("20Gi")},
        "resources": resources("100m", "128Mi", "512Mi"),
        # A cluster IP is required: a Gateway cannot route to a headless Service.
        "service": {"clusterIP": ""},
    },
}


class VictoriaTraces(Component):
    """The store, its data source in Grafana, and an evaluator of rules over traces."""

    def __init__(self, scope: Cluster, *, stack: VictoriaMetricsStack) -> None:
        timeout = Duration("10m")
        super().__init__(
            scope,
            _NAME,
            layer="observability",
            namespace=stack.home_namespace,
            reconcile=Reconcile(timeout=timeout),
        )
        self.release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.VICTORIA_TRACES_SINGLE,
            timeout=timeout,
            values=_VALUES,
        )
        self.query = self.release.service(f"{_NAME}-{_CHART}-server", _PORT)
        self.server = server = self.release.endpoint(_PORT)
        # Applications in any namespace send spans.
        self.release.allow(Flow.from_cluster(_PORT))
        labels = server.pods.labels
        Scrape(self, _NAME, pods=server.pods, port="http", service_labels=labels)
        self.route = Route.at(self, "vt", label="vt", to=server.behind(self.query))
        source = Source("VictoriaTraces", "jaeger", _NAME, self.query, "/select/jaeger")
        DataSource(self, _NAME, source=source)
        here = Endpoint(server.pods, server.ports, self)
        Endpoint(GRAFANA, (NetworkPort(3000),), self).connect_to(here)
        evaluate(self, "traces", stack=stack, query=self.query, reader=here, groups=log.TRACES)
