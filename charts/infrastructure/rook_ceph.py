"""Ceph on disks of the nodes, by Rook."""

from collections.abc import Sequence

from charts import catalogue, container_image
from charts.resource_request import bounded
from kubestrata import Cluster, Component, Duration, JsonObject, Reconcile, Reference
from kubestrata.constructs import Endpoint, Flow, HelmComponent, Pods
from kubestrata.constructs.observability import Monitoring, Scrape
from kubestrata.constructs.scaling import PodResources
from kubestrata.constructs.storage import (
    BlueStore,
    CephBlockPool,
    CephBlockPoolSpec,
    CephCluster,
    CephClusterSpec,
    CephDaemons,
    CephNode,
    CephOperator,
    CephToolbox,
)

_OPERATOR = "rook-ceph-operator"
_BLOCK = "rook-ceph-block"
_METRICS = 8080
# Containers of the provisioners of the CSI drivers, beside that of the driver itself.
_SIDECARS = ("csi-provisioner", "csi-resizer", "csi-attacher", "csi-snapshotter")
_RESOURCES = CephDaemons(
    monitor=PodResources.of("500m", "1Gi", "2", "2Gi"),
    manager=PodResources.of("500m", "512Mi", "1", "1Gi"),
    osd=PodResources.of("1", "2Gi", "2", "4Gi"),
)


class RookOperator(HelmComponent):
    """The operator, its CRDs, and the discovery of disks.

    Provide `operator` to the cluster. The other pods of the namespace belong to the CSI drivers;
    they and the operator call the daemons of Ceph, which are on the network of the nodes.
    `monitoring` is the API for the scrape of the operator, None for that of the cluster.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, monitoring: Monitoring | None = None
    ) -> None:
        super().__init__(
            scope,
            _OPERATOR,
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.ROOK_CEPH,
            values=_VALUES,
        )
        home = namespace.object_name
        pods = Pods(_OPERATOR, home, {"app": _OPERATOR})
        self.operator = CephOperator(pods, self)
        # The chart declares no port for them.
        Scrape(self, _OPERATOR, pods=pods, port=_METRICS, monitoring=monitoring)
        every = Endpoint(Pods("rook-ceph", home), (), self)
        every.allow(Flow.to_kubernetes_api(), Flow.to_nodes(), policy="rook-ceph")


class RookCluster(Component):
    """Ceph on one disk of each node, the pool and class `rook-ceph-block`, and the toolbox.

    `storage_class` is the class.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, nodes: Sequence[CephNode]) -> None:
        # Monitors start one after the other, and the disks are prepared then.
        reconcile = Reconcile(timeout=Duration("15m"))
        super().__init__(
            scope,
            "rook-ceph-cluster",
            layer="infrastructure",
            namespace=namespace,
            reconcile=reconcile,
        )
        self.ceph = CephCluster(
            self,
            "rook-ceph",
            spec=CephClusterSpec(
                image=container_image.CEPH_19,
                nodes=nodes,
                modules=["pg_autoscaler", "rook"],
                device_class="ssd",
                store=BlueStore(database_mib=10240, log_mib=1024),
                daemons=_RESOURCES,
                # The disks may have been those of an earlier installation.
                wipes_foreign_disks=True,
            ),
        )
        pool = CephBlockPoolSpec(replicas=3, device_class="ssd")
        self.storage_class = CephBlockPool(self, _BLOCK, cluster=self.ceph, spec=pool).storage_class
        self.toolbox = CephToolbox(
            self,
            "rook-ceph-tools",
            cluster=self.ceph,
            resources=PodResources.of("100m", "128Mi", "500m", "512Mi"),
        )


def _provisioners(driver: str) -> str:
    """Return the resources of the containers, as the text that the chart expects."""
    return "".join(
        f"- name: {each}\n"
        "  resource:\n"
        "    requests: {cpu: 100m, memory: 128Mi}\n"
        "    limits: {cpu: 200m, memory: 256Mi}\n"
        for each in (*_SIDECARS, f"csi-{driver}plugin")
    )


_VALUES: JsonObject = {
    "crds": {"enabled": True},
    "monitoring": {"enabled": True},
    "operatorMetricsBindAddress": f":{_METRICS}",
    "resources": bounded("100m", "128Mi", "500m", "512Mi"),
    "csi": {
        "enableCSIHostNetwork": True,
        "provisionerReplicas": 2,
        "csiRBDProvisionerResource": _provisioners("rbd"),
        "csiCephFSProvisionerResource": _provisioners("cephfs"),
    },
    "enableDiscoveryDaemon": True,
    "discover": {
        "resources": "resources:\n"
        "  requests: {cpu: 50m, memory: 64Mi}\n"
        "  limits: {cpu: 200m, memory: 128Mi}\n",
    },
}
