"""A Ceph cluster by Rook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubeapis import rook
from kubestrata.constructs.network.connection import allow_flows
from kubestrata.constructs.network.flow import Flow
from kubestrata.constructs.network.network import Network
from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.constructs.storage.ceph_disk import CephDisk, CephDisks
from kubestrata.constructs.storage.ceph_operator import CephOperator
from kubestrata.constructs.storage.ceph_spec import CephClusterSpec, CephNode
from kubestrata.core import patch as patching
from kubestrata.core.cluster import component_of
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import Reference

# Where the daemons keep their state on the nodes (source: Rook's examples).
_DATA = "/var/lib/rook"
_PRIORITIES = {
    "mon": "system-node-critical",
    "osd": "system-node-critical",
    "mgr": "system-cluster-critical",
}


class CephCluster(Construct):
    """One CephCluster named `id`; a namespace has one at most.

    With daemons in the network of pods also their network policy. Rook creates the
    PodDisruptionBudgets, and the Secrets and the ConfigMap by which clients find the monitors. Two
    clusters of a platform with one disk are an error when it is synthesized.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: CephClusterSpec,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        super().__init__(scope, f"{id}-ceph")
        patching.register(self, patches)
        self._component = component_of(scope)
        self.spec = spec
        CephOperator.precedes(self._component)
        origin = caller(id)
        disks = self._component.cluster.check_of(CephDisks)
        disks.occupy(self._component.default_namespace(origin), origin)
        disks.add([CephDisk(disk, origin) for node in spec.nodes for disk in node.disks])
        self.resource = rook.CephCluster(self, id, spec=_cluster(spec))
        if spec.network == "pods":
            self._allow()
        patching.check_used(self)

    @property
    def ref(self) -> Reference:
        """Return the CephCluster."""
        return self.resource.ref

    @property
    def namespace(self) -> str:
        """Return the namespace of the daemons."""
        return self.resource.identity.namespace

    @property
    def pods(self) -> Pods:
        """Return the pods of all daemons."""
        labels = {"rook_cluster": self.namespace}
        host = self.spec.network == "host"
        return Pods(str(self.resource.name), self.namespace, labels, host_network=host)

    @property
    def admin(self) -> SecretReference:
        """Return the Secret of the user `client.admin`, which Rook creates."""
        return SecretReference(
            self.resource.ref.makes("Secret", "rook-ceph-mon"), frozenset({"ceph-secret"})
        )

    @property
    def monitor_addresses(self) -> Reference:
        """Return the ConfigMap with the addresses of the monitors as `data`, which Rook keeps."""
        return self.resource.ref.makes("ConfigMap", "rook-ceph-mon-endpoints")

    def _allow(self) -> None:
        cluster = self._component.cluster
        if cluster.find(Network) is None:
            return
        own = self.pods
        flows = [
            Flow.to_pods(own),
            Flow.from_pods(own),
            Flow.from_pods(cluster.ask(CephOperator).pods),
            # The CSI driver mounts volumes from the network of the nodes.
            Flow.from_nodes(),
            Flow.to_kubernetes_api(),
        ]
        allow_flows(Construct(self, "network"), own, flows, name=own.name)


def _cluster(spec: CephClusterSpec) -> rook.CephClusterSpec:
    daemons = {
        "mon": spec.daemons.monitor,
        "mgr": spec.daemons.manager,
        "osd": spec.daemons.osd,
    }
    return rook.CephClusterSpec(
        ceph_version=rook.CephClusterSpecCephVersion(image=spec.image),
        data_dir_host_path=_DATA,
        mon=rook.CephClusterSpecMon(count=spec.monitors, allow_multiple_per_node=False),
        mgr=rook.CephClusterSpecMgr(
            count=spec.managers,
            allow_multiple_per_node=False,
            modules=[
                rook.CephClusterSpecMgrModules(name=name, enabled=True) for name in spec.modules
            ],
        ),
        network=rook.CephClusterSpecNetwork(provider="host") if spec.network == "host" else None,
        dashboard=rook.CephClusterSpecDashboard(enabled=spec.dashboard, ssl=spec.dashboard or None),
        monitoring=rook.CephClusterSpecMonitoring(enabled=spec.monitoring),
        log_collector=rook.CephClusterSpecLogCollector(
            enabled=True, periodicity="daily", max_log_size=spec.log_size
        ),
        cleanup_policy=rook.CephClusterSpecCleanupPolicy(
            sanitize_disks=rook.CephClusterSpecCleanupPolicySanitizeDisks(method=spec.sanitize),
            wipe_devices_from_other_clusters=spec.wipes_foreign_disks or None,
        ),
        priority_class_names=_PRIORITIES,
        resources={name: each.requirements for name, each in daemons.items()},
        storage=_storage(spec),
    )


def _storage(spec: CephClusterSpec) -> rook.CephClusterSpecStorage:
    config = spec.store.config
    if spec.device_class is not None:
        config["deviceClass"] = spec.device_class
    return rook.CephClusterSpecStorage(
        use_all_nodes=False,
        use_all_devices=False,
        store=rook.CephClusterSpecStorageStore(type="bluestore"),
        config=config,
        nodes=[_node(each) for each in spec.nodes],
    )


def _node(node: CephNode) -> rook.CephClusterSpecStorageNodes:
    devices = [rook.CephClusterSpecStorageDevices(name=disk) for disk in node.disks]
    return rook.CephClusterSpecStorageNodes(name=node.name, devices=devices)
