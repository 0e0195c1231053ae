"""Logs: VictoriaLogs on one pod or on many, a Vector DaemonSet, and alerts on logs."""

from typing import Protocol, cast

from charts import catalogue
from charts.observability.alerts import log
from charts.observability.log_evaluation import evaluate
from charts.observability.log_pipeline import AGENT
from charts.observability.plan_pipeline import plans
from charts.observability.store import Store
from charts.observability.victoria_metrics_stack import GRAFANA, VictoriaMetricsStack
from charts.resource_request import resources
from kubestrata import (
    Cluster,
    Component,
    Duration,
    Frozen,
    JsonObject,
    Quantity,
    Reconcile,
    Reference,
    ServiceReference,
)
from kubestrata.constructs import (
    Endpoint,
    Flow,
    GatewayReference,
    HelmChart,
    HelmRelease,
    Pods,
    Route,
)
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.observability import (
    DataSource,
    Scrape,
    Source,
)

_NAME = "victoria-logs"
_APP = "app"


def _collector(store: ServiceReference) -> JsonObject:
    """Return the values of Vector, with the plans of databases beside the lines."""
    values = AGENT.values()
    config = cast("dict[str, JsonObject]", values["customConfig"])
    more = cast("dict[str, JsonObject]", plans(store))
    merged = {part: {**config[part], **more[part]} for part in config}
    return {**values, "customConfig": merged}


# A line with a trace leads to it.
_LINKS: JsonObject = {
    "derivedFields": [
        {
            "name": "trace_id",
            "matcherType": "label",
            "matcherRegex": "log.trace_id",
            "datasourceUid": "victoria-traces",
            "url": "${__value.raw}",
        }
    ]
}


class LogStore(Store, Protocol):
    """A store of logs."""

    @property
    def chart(self) -> HelmChart:
        """Return the chart of the store."""
        ...


class SingleLogs(Frozen):
    """One pod with one volume."""

    retention: str
    size: Quantity
    chart = catalogue.VICTORIA_LOGS_SINGLE
    reader = writer = ("server", 9428)
    ports = (9428,)

    @property
    def values(self) -> JsonObject:
        server: JsonObject = {
            "retentionPeriod": self.retention,
            "persistentVolume": {"enabled": True, "size": self.size},
            "resources": resources("200m", "256Mi", "1Gi"),
            # A cluster IP is required: a Gateway cannot route to a headless Service.
            "service": {"clusterIP": ""},
        }
        return {"server": server}


class ClusterLogs(Frozen):
    """Separate writers, readers and storage nodes."""

    retention: str
    size: Quantity
    replicas: int = 3
    chart = catalogue.VICTORIA_LOGS_CLUSTER
    reader = ("vlselect", 9471)
    writer = ("vlinsert", 9481)
    ports = (9471, 9481, 9491)

    @property
    def values(self) -> JsonObject:
        return {
            "vlinsert": {"replicaCount": 2, "resources": resources("100m", "64Mi", "256Mi")},
            "vlselect": {"replicaCount": 2, "resources": resources("100m", "128Mi", "1Gi")},
            "vlstorage": {
                "replicaCount": self.replicas,
                "retentionPeriod": self.retention,
                "persistentVolume": {"enabled": True, "size": self.size},
                "resources": resources("200m", "256Mi", "1Gi"),
            },
        }


class VictoriaLogs(Component):
    """The store, its collector, its data source in Grafana, and the alerts on logs.

    Its page has no login of its own: `gateway` is the operators'.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        stack: VictoriaMetricsStack,
        store: LogStore,
        gateway: GatewayReference,
    ) -> None:
        timeout = Duration("10m")
        super().__init__(
            scope,
            _NAME,
            layer="observability",
            namespace=stack.home_namespace,
            reconcile=Reconcile(timeout=timeout),
        )
        self._part = store.chart.name
        part, port = store.writer
        # The release's own Service: it makes no edge.
        writer = Reference(
            self, "", "Service", self._service(part), stack.home_namespace.object_name
        )
        self.release = HelmRelease(
            self,
            _NAME,
            chart=store.chart,
            timeout=timeout,
            values={**store.values, "vector": _collector(ServiceReference(writer, port))},
        )
        self.reader = self._endpoint(*store.reader)
        self.writer = self._endpoint(*store.writer)
        self.query = self.release.service(self._service(store.reader[0]), store.reader[1])
        self.push = self.release.service(self._service(store.writer[0]), store.writer[1])
        self._flows(store)
        self._scrapes(store)
        host, page = gateway.domain.sub("vl"), self.reader.behind(self.query)
        self.route = Route(self, "vl", host=host, gateway=gateway, to=page)
        plugin = "victoriametrics-logs-datasource"
        source = Source("VictoriaLogs", plugin, _NAME, self.query, settings=_LINKS)
        DataSource(self, _NAME, source=source)
        grafana = Endpoint(GRAFANA, (NetworkPort(3000),), self)
        here = Endpoint(self.reader.pods, self.reader.ports, self)
        grafana.connect_to(here)
        evaluate(self, "logs", stack=stack, query=self.query, reader=here, groups=log.GROUPS)

    def _service(self, part: str) -> str:
        return f"{_NAME}-{self._part}-{part}"

    def _endpoint(self, part: str, port: int) -> Endpoint:
        mine = self.release.pods
        pods = Pods(f"{_NAME}-{part}", mine.namespace, {**mine.labels, _APP: part})
        return Endpoint(pods, (NetworkPort(port),), self, self.release.resource.ref)

    def _flows(self, store: LogStore) -> None:
        mine = self.release.pods
        self.release.allow(Flow.from_pods(mine, *store.ports), Flow.to_pods(mine, *store.ports))
        # The collector looks up the metadata of the pods.
        vector = self.release.some_pods("vector", {"app.kubernetes.io/name": "vector"})
        self.release.allow(Flow.to_kubernetes_api(), pods=vector)
        Scrape(self, "vector", pods=vector, port="prom-exporter", pod_port=9090)

    def _scrapes(self, store: LogStore) -> None:
        for part, port in dict([store.reader, store.writer]).items():
            pods = self._endpoint(part, port).pods
            Scrape(self, pods.name, pods=pods, port="http", service_labels=pods.labels)
