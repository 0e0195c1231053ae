"""Pools of block devices in a Ceph cluster, and their StorageClass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubeapis import k8s, rook
from kubestrata.constructs.storage.ceph_cluster import CephCluster
from kubestrata.constructs.storage.ceph_operator import CephOperator
from kubestrata.constructs.storage.ceph_spec import CephBlockPoolSpec
from kubestrata.constructs.storage.volume_class import VolumeClass
from kubestrata.core import patch as patching
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidReference
from kubestrata.core.node import Construct
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import Reference

_CSI = "csi.storage.k8s.io"
# Users of the CSI driver, whose Secrets Rook creates beside the CephCluster.
_PROVISIONER, _NODE = "rook-csi-rbd-provisioner", "rook-csi-rbd-node"
_SECRETS = {
    "provisioner-secret": _PROVISIONER,
    "controller-expand-secret": _PROVISIONER,
    "controller-publish-secret": _PROVISIONER,
    "node-stage-secret": _NODE,
}


class CephBlockPool(Construct):
    """One CephBlockPool named `id`, and a StorageClass of the same name for its volumes.

    Raises InvalidValue for more copies than nodes and for disks that the cluster does not have,
    InvalidReference for a component in another namespace, MissingOffer for a cluster without a
    CephOperator.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: CephCluster,
        spec: CephBlockPoolSpec | None = None,
        storage_class: VolumeClass | None = None,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        self.spec = spec = spec or CephBlockPoolSpec()
        _check(scope, id, cluster, spec)
        super().__init__(scope, f"{id}-block-pool")
        patching.register(self, patches)
        self._cluster = cluster
        self.resource = rook.CephBlockPool(
            self,
            id,
            spec=rook.CephBlockPoolSpec(
                failure_domain=spec.failure_domain,
                device_class=spec.device_class,
                replicated=rook.CephBlockPoolSpecReplicated(
                    size=spec.replicas, require_safe_replica_size=spec.is_safe
                ),
            ),
        )
        component_of(scope).needs(cluster.ref)
        self.storage_class = self._class(id, storage_class or VolumeClass()).ref
        patching.check_used(self)

    @property
    def ref(self) -> Reference:
        """Return the CephBlockPool."""
        return self.resource.ref

    def _class(self, id: str, settings: VolumeClass) -> k8s.StorageClass:
        operator = component_of(self).cluster.ask(CephOperator)
        namespace = self._cluster.namespace
        secrets: dict[str, str] = {}
        for use, name in _SECRETS.items():
            secrets[f"{_CSI}/{use}-name"] = name
            secrets[f"{_CSI}/{use}-namespace"] = namespace
        return k8s.StorageClass(
            Construct(self, "class"),
            id,
            metadata=k8s.ObjectMeta(annotations=settings.annotations or None),
            provisioner=operator.block_driver,
            parameters={
                "clusterID": namespace,
                "pool": self.resource.name,
                "imageFormat": "2",
                "imageFeatures": "layering",
                **secrets,
                f"{_CSI}/fstype": self.spec.file_system,
            },
            reclaim_policy=settings.reclaim,
            volume_binding_mode="Immediate",
            allow_volume_expansion=settings.expandable or None,
        )


def _check(scope: Construct, id: str, cluster: CephCluster, spec: CephBlockPoolSpec) -> None:
    here = component_of(scope).home_namespace.object_name
    if here != cluster.namespace:
        what = f"CephBlockPool {id!r}"
        why = f"is in namespace {here!r}, but its cluster is in {cluster.namespace!r}"
        fix = f"create it in a component of namespace {cluster.namespace!r}"
        raise InvalidReference(what, why, fix)
    domains = {
        "host": len(cluster.spec.nodes),
        "osd": sum(len(each.disks) for each in cluster.spec.nodes),
    }
    known = domains.get(spec.failure_domain)
    if known is not None and spec.replicas > known:
        what = "nodes" if spec.failure_domain == "host" else "disks"
        why = f"is {spec.replicas}, but there are {known} {what}, and each has one copy at most"
        raise spec.refuse("replicas", why, f"write {known} or less")
    if spec.device_class is not None and cluster.spec.device_class not in (None, spec.device_class):
        why = f"is {spec.device_class!r}, but all disks are {cluster.spec.device_class!r}"
        raise spec.refuse("device_class", why, f"write {cluster.spec.device_class!r}")
