"""Logs of several clusters in one store: VictoriaLogs behind a proxy of its own."""

from charts import catalogue
from charts.observability.metric_collection import image
from charts.resource_request import bounded
from kubeapis import k8s, victoria_metrics
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
from kubestrata.constructs import Endpoint, Flow, HelmRelease, Pods
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.observability import Scrape
from kubestrata.constructs.scaling import Availability, DisruptionBudget
from kubestrata.constructs.traffic import ClusterMesh

NAME = "victoria-logs"
PROXY = f"vmauth-{NAME}"
PROXY_PORT, _SERVER_PORT = 8427, 9428
_SERVER = f"{NAME}-server"
_NAMED, _INSTANCE = "app.kubernetes.io/name", "app.kubernetes.io/instance"


class LogVolume(Frozen):
    """The retention of logs, and the size of their volume."""

    retention: str
    size: Quantity
    storage: Reference


class CentralLogs(Component):
    """The store `victoria-logs-server`, and the global Service `vmauth-victoria-logs` before it.

    Collectors are on the network of their nodes, in this cluster and in others. `reader` are
    pods that query the store.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, volume: LogVolume, reader: Pods
    ) -> None:
        timeout = Duration("15m")
        super().__init__(
            scope,
            NAME,
            layer="observability",
            namespace=namespace,
            reconcile=Reconcile(interval=Duration("30m"), timeout=timeout),
        )
        self.release = HelmRelease(
            self,
            NAME,
            chart=catalogue.CENTRAL_LOGS,
            timeout=timeout,
            values=_values(volume),
        )
        home = self.release.pods.namespace
        self._server = Pods(_SERVER, home, {_NAMED: NAME, _INSTANCE: NAME, "app": "server"})
        self._proxy = Pods(PROXY, home, {_NAMED: "vmauth", _INSTANCE: NAME})
        server = self.release.service(_SERVER, _SERVER_PORT)
        self.proxy = self._authorise(server)
        self.push = ServiceReference(
            Reference(self, "", "Service", PROXY, home, self.proxy), PROXY_PORT
        )
        self._flows(reader)
        self._watch()

    def _authorise(self, server: ServiceReference) -> victoria_metrics.VMAuth:
        """Create the proxy, which is open to whoever its policy admits."""
        home = self.home_namespace.object_name
        service = Reference(self, "", "Service", PROXY, home)
        annotations = self.cluster.ask(ClusterMesh).share(service)
        metadata = victoria_metrics.VMAuthSpecServiceSpecMetadata(annotations=annotations)
        repository, tag = image("vmauth")
        return victoria_metrics.VMAuth(
            self,
            NAME,
            spec=victoria_metrics.VMAuthSpec(
                image=victoria_metrics.VMAuthSpecImage(repository=repository, tag=tag),
                replica_count=2,
                port=str(PROXY_PORT),
                unauthorized_user_access_spec=victoria_metrics.VMAuthSpecUnauthorizedUserAccessSpec(
                    url_prefix=[server.url()]
                ),
                service_spec=victoria_metrics.VMAuthSpecServiceSpec(
                    use_as_default=True, metadata=metadata, spec={}
                ),
                # The scrape below is the one of it.
                disable_self_service_scrape=True,
                use_strict_security=True,
                resources=k8s.ResourceRequirements(
                    requests={"cpu": Quantity("100m"), "memory": Quantity("256Mi")},
                    limits={"cpu": Quantity("500m"), "memory": Quantity("512Mi")},
                ),
            ),
        )

    def _flows(self, reader: Pods) -> None:
        server = Endpoint(self._server, (NetworkPort(_SERVER_PORT),), self)
        proxy = Endpoint(self._proxy, (NetworkPort(PROXY_PORT),), self)
        proxy.connect_to(server)
        proxy.allow(Flow.from_nodes(PROXY_PORT), Flow.to_kubernetes_api())
        Endpoint(reader, (), self).connect_to(proxy)

    def _watch(self) -> None:
        Scrape(
            self,
            _SERVER,
            pods=self._server,
            port="http",
            service_labels=self._server.labels,
            interval=Duration("30s"),
        )
        Scrape(
            self,
            PROXY,
            pods=self._proxy,
            port="http",
            service_labels=self._proxy.labels,
            interval=Duration("30s"),
            pod_port=PROXY_PORT,
        )
        for pods, replicas in ((self._server, 1), (self._proxy, 2)):
            DisruptionBudget(
                self,
                pods.name,
                labels=pods.labels,
                availability=Availability(max_unavailable=1),
                replicas=replicas,
            )


def _values(volume: LogVolume) -> JsonObject:
    check = {"path": "/health", "port": "http"}
    return {
        "nameOverride": NAME,
        "server": {
            "fullnameOverride": _SERVER,
            "image": {"registry": "quay.io"},
            "replicaCount": 1,
            "retentionPeriod": volume.retention,
            "persistentVolume": {
                "enabled": True,
                "size": volume.size,
                "storageClassName": volume.storage.name,
            },
            "probe": {
                "liveness": {"httpGet": check, "initialDelaySeconds": 30, "periodSeconds": 10},
                "readiness": {"httpGet": check, "initialDelaySeconds": 10, "periodSeconds": 5},
            },
            "resources": bounded("500m", "2Gi", "2", "4Gi"),
        },
    }
