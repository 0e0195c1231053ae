"""Metrics of several clusters in one store: its parts, alerts, Grafana, and its own collection."""

from collections.abc import Mapping, Sequence

from charts import catalogue
from charts.observability import central_grafana
from charts.observability.central_grafana import CentralGrafana
from charts.observability.metric_collection import (
    Sender,
    collection,
    image,
    operational,
    store_image,
)
from charts.resource_request import bounded
from kubestrata import (
    Cluster,
    Component,
    Duration,
    Frozen,
    JsonObject,
    Quantity,
    Reconcile,
    Reference,
)
from kubestrata.constructs import Endpoint, Flow, HelmRelease, Pods, Route
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.scaling import Availability, DisruptionBudget
from kubestrata.constructs.traffic import ClusterMesh

NAME = "victoria-metrics-global"
INSERT_PORT, SELECT_PORT, NOTIFIER_PORT = 8480, 8481, 9093
_HOST = "kubernetes.io/hostname"
_SELECT = f"http://vmselect-{NAME}.observability.svc.cluster.local.:{SELECT_PORT}"
_READ = f"{_SELECT}/select/0/prometheus"
_EVALUATION, _AUTH = 8080, 8427
# Between vminsert, vmselect and vmstorage, the peers of Alertmanager, and Grafana.
_PORTS: tuple[int | NetworkPort, ...] = (
    *(8400, 8401, INSERT_PORT, SELECT_PORT, 8482),
    *(_EVALUATION, _AUTH, NOTIFIER_PORT, 9094, central_grafana.PORT),
    NetworkPort(9094, "UDP"),
)
_KINDS = ("VMAgent", "VMAlert", "VMAlertmanager", "VMAuth", "VMCluster")
# Replicas of each part, and how many of them a drain leaves.
_BUDGETS = {
    "vmstorage": (3, 2),
    "vmselect": (3, 2),
    "vminsert": (3, 2),
    "vmalertmanager": (3, 2),
    "vmauth": (2, 1),
    "vmalert": (2, 1),
}


class CentralStore(Frozen):
    """The retention of metrics, their copies, and the sizes of their volumes."""

    retention: str
    copies: int
    size: Quantity
    storage: Reference


class CentralMetrics(Component):
    """The release `victoria-metrics-global`, with a global Service for the senders' metrics.

    `senders` are the names of the other clusters, whose vmagent writes to vminsert.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        store: CentralStore,
        sender: Sender,
        senders: Sequence[str],
        grafana: CentralGrafana,
    ) -> None:
        timeout = Duration("15m")
        super().__init__(
            scope,
            "victoria-metrics",
            layer="observability",
            namespace=namespace,
            reconcile=Reconcile(
                interval=Duration("30m"),
                timeout=timeout,
                checks=operational(namespace, NAME, *_KINDS),
            ),
        )
        self.release = HelmRelease(
            self,
            NAME,
            chart=catalogue.CENTRAL_METRICS.without_crds(),
            timeout=timeout,
            creates=["cert-manager.io", "operator.victoriametrics.com"],
            values={
                **collection(NAME, sender),
                "vmcluster": {"enabled": True, "spec": _store(store, self._shared())},
                "vmauth": _reader(),
                "vmalert": _evaluation(grafana),
                "alertmanager": _notifier(store.storage),
                "grafana": grafana.values,
                "defaultDatasources": central_grafana.sources(_READ),
            },
        )
        self._flows(senders, grafana)
        self._budgets()
        page = Endpoint(self.pods("grafana"), (NetworkPort(central_grafana.PORT),), self)
        to = page.behind(self.release.service(f"{NAME}-grafana", 80))
        Route.at(self, "grafana", label="grafana", to=to, visibility="public")

    def pods(self, part: str) -> Pods:
        """Return the pods of a part, by the labels of the operator and of Grafana's chart."""
        return self.release.some_pods(part, {"app.kubernetes.io/name": part})

    def _shared(self) -> Mapping[str, str]:
        """Return the annotations by which vminsert is there for the other clusters."""
        name, home = f"vminsert-{NAME}", self.home_namespace.object_name
        writer = Reference(self, "", "Service", name, home)
        return self.cluster.ask(ClusterMesh).share(writer)

    def _flows(self, senders: Sequence[str], grafana: CentralGrafana) -> None:
        mine = self.release.pods
        # Most parts find their peers, or read their configuration, through the API server.
        everyone = (Flow.from_pods(mine, *_PORTS), Flow.to_pods(mine, *_PORTS))
        self.release.allow(*everyone, Flow.to_kubernetes_api())
        if senders:
            writers = [
                Flow.from_pods(
                    Pods(
                        "vmagent",
                        mine.namespace,
                        {"app.kubernetes.io/name": "vmagent"},
                        cluster=each,
                    ),
                    INSERT_PORT,
                )
                for each in senders
            ]
            self.release.allow(*writers, pods=self.pods("vminsert"))
        webhook = self.pods("victoria-metrics-operator")
        self.release.allow(Flow.from_kubernetes_api(9443), pods=webhook)
        # Downloads of dashboards.
        downloads = Flow.to_internet(443)
        self.release.allow(downloads, grafana.sign_on, pods=self.pods("grafana"))

    def _budgets(self) -> None:
        for part, (replicas, least) in _BUDGETS.items():
            DisruptionBudget(
                self,
                f"{part}-{NAME}",
                labels=self.pods(part).labels,
                availability=Availability(min_available=least),
                replicas=replicas,
            )
        DisruptionBudget(
            self,
            f"grafana-{NAME}",
            labels=self.pods("grafana").labels,
            availability=Availability(max_unavailable=1),
            replicas=1,
        )


def _store(store: CentralStore, shared: Mapping[str, str]) -> JsonObject:
    # Two replicas of vmagent send each sample: vmstorage and vmselect keep one.
    once = {"dedup.minScrapeInterval": "30s"}
    return {
        "retentionPeriod": store.retention,
        "replicationFactor": store.copies,
        "useStrictSecurity": True,
        "vmstorage": {
            "image": store_image("vmstorage").value,
            "replicaCount": 3,
            "storage": _claim(store.size, store.storage),
            "affinity": _apart("vmstorage"),
            "resources": bounded("500m", "2Gi", "2", "4Gi"),
            # Limits of series are flags of vmstorage; vminsert does not know them.
            "extraArgs": {
                **once,
                "storage.maxHourlySeries": "1000000",
                "storage.maxDailySeries": "10000000",
            },
        },
        "vmselect": {
            "image": store_image("vmselect").value,
            "replicaCount": 3,
            "port": str(SELECT_PORT),
            "storage": _claim(Quantity("10Gi"), store.storage),
            "resources": bounded("200m", "500Mi", "2", "2Gi"),
            "extraArgs": {
                **once,
                "search.maxConcurrentRequests": "100",
                "search.maxQueryDuration": "5m",
                "search.maxUniqueTimeseries": "1000000",
                "search.maxPointsPerTimeseries": "30000",
            },
        },
        "vminsert": {
            "image": store_image("vminsert").value,
            "replicaCount": 3,
            "port": str(INSERT_PORT),
            "resources": bounded("200m", "500Mi", "1", "1Gi"),
            "extraArgs": {"maxInsertRequestSize": "32000000"},
            "serviceSpec": {
                "useAsDefault": True,
                "metadata": {"annotations": {**shared}},
                "spec": {},
            },
        },
    }


def _claim(size: Quantity, storage: Reference) -> JsonObject:
    requests: JsonObject = {"requests": {"storage": size}}
    spec: JsonObject = {"storageClassName": storage.name, "resources": requests}
    return {"volumeClaimTemplate": {"spec": spec}}


def _apart(part: str) -> JsonObject:
    labels = {"app.kubernetes.io/name": part, "app.kubernetes.io/instance": NAME}
    term: JsonObject = {"labelSelector": {"matchLabels": labels}, "topologyKey": _HOST}
    return {
        "podAntiAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 100, "podAffinityTerm": term}
            ]
        }
    }


def _reader() -> JsonObject:
    # vmselect is a StatefulSet: its Service is headless, and vmauth balances between its pods.
    return {
        "enabled": True,
        "spec": {
            "image": image("vmauth").value,
            "replicaCount": 2,
            "port": str(_AUTH),
            "useStrictSecurity": True,
            "unauthorizedUserAccessSpec": {
                "url_map": [{"src_paths": ["/.*"], "url_prefix": [_SELECT]}]
            },
        },
    }


def _evaluation(grafana: CentralGrafana) -> JsonObject:
    return {
        "spec": {
            "image": image("vmalert").value,
            "replicaCount": 2,
            "port": str(_EVALUATION),
            "evaluationInterval": "15s",
            # Links in alerts; the chart's default is a host of its examples.
            "extraArgs": {"external.url": f"https://{grafana.host}"},
            "useStrictSecurity": True,
            "resources": bounded("100m", "256Mi", "1", "512Mi"),
        }
    }


def _notifier(storage: Reference) -> JsonObject:
    return {
        "spec": {
            "replicaCount": 3,
            "port": str(NOTIFIER_PORT),
            "retention": "120h",
            "storage": _claim(Quantity("10Gi"), storage),
            "useStrictSecurity": True,
            "resources": bounded("50m", "128Mi", "1", "256Mi"),
        },
        # Alerts are shown in Grafana: the receiver is an input of whoever is on call.
        "config": {
            "route": {"receiver": "blackhole", "group_by": ["cluster", "alertname", "namespace"]},
            "receivers": [{"name": "blackhole"}],
        },
    }
