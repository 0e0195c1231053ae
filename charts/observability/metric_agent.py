"""Metrics of a cluster without a store: vmagent and exporters, which send to another cluster."""

from charts import catalogue
from charts.observability import central_metrics
from charts.observability.metric_collection import Sender, collection, operational
from kubestrata import Cluster, Component, Duration, Reconcile, Reference
from kubestrata.constructs import Flow, HelmRelease, Pods
from kubestrata.constructs.traffic import MeshService, ServicePort

NAME = "victoria-metrics"
_WRITE = "/insert/0/prometheus/api/v1/write"


class MetricAgent(Component):
    """The release `victoria-metrics`, and the Service of the other cluster's vminsert.

    `store` is the name of that cluster in the mesh.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, sender: Sender, store: str) -> None:
        timeout = Duration("15m")
        super().__init__(
            scope,
            NAME,
            layer="observability",
            namespace=namespace,
            reconcile=Reconcile(
                interval=Duration("30m"),
                timeout=timeout,
                checks=operational(namespace, NAME, "VMAgent"),
            ),
        )
        port = central_metrics.INSERT_PORT
        writer = f"vminsert-{central_metrics.NAME}"
        self.write = MeshService(self, writer, ports=[ServicePort(port, name="http")]).port(port)
        off = {"enabled": False}
        self.release = HelmRelease(
            self,
            NAME,
            chart=catalogue.CENTRAL_METRICS.without_crds(),
            timeout=timeout,
            creates=["cert-manager.io", "operator.victoriametrics.com"],
            values={
                **collection(NAME, sender),
                "external": {"vm": {"write": {"url": self.write.url(_WRITE)}}},
                # Rules are evaluated, and dashboards shown, where the metrics of all clusters are.
                **dict.fromkeys(("alertmanager", "grafana", "vmalert", "vmauth"), off),
                "defaultRules": {"create": False},
                "defaultDashboards": off,
            },
        )
        self._flows(store)

    def _flows(self, store: str) -> None:
        mine, named = self.release.pods, "app.kubernetes.io/name"
        self.release.allow(Flow.to_kubernetes_api())
        insert = {named: "vminsert", "app.kubernetes.io/instance": central_metrics.NAME}
        writer = Pods("vminsert", mine.namespace, insert, cluster=store)
        vmagent = self.release.some_pods("vmagent-sender", {named: "vmagent"})
        self.release.allow(Flow.to_pods(writer, central_metrics.INSERT_PORT), pods=vmagent)
        operator = self.release.some_pods("operator", {named: "victoria-metrics-operator"})
        self.release.allow(Flow.from_kubernetes_api(9443), pods=operator)
