"""Storage of a cluster: Ceph by Rook, and local volumes of OpenEBS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.constructs.storage.ceph_block_pool import CephBlockPool
    from kubestrata.constructs.storage.ceph_cluster import CephCluster
    from kubestrata.constructs.storage.ceph_operator import CephOperator
    from kubestrata.constructs.storage.ceph_spec import (
        BlueStore,
        CephBlockPoolSpec,
        CephClusterSpec,
        CephDaemons,
        CephNode,
    )
    from kubestrata.constructs.storage.ceph_toolbox import CephToolbox
    from kubestrata.constructs.storage.host_path_class import HostPathClass
    from kubestrata.constructs.storage.volume_class import VolumeClass

__all__ = [
    "BlueStore",
    "CephBlockPool",
    "CephBlockPoolSpec",
    "CephCluster",
    "CephClusterSpec",
    "CephDaemons",
    "CephNode",
    "CephOperator",
    "CephToolbox",
    "HostPathClass",
    "VolumeClass",
]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "ceph_block_pool": "CephBlockPool",
        "ceph_cluster": "CephCluster",
        "ceph_operator": "CephOperator",
        "ceph_spec": "BlueStore CephBlockPoolSpec CephClusterSpec CephDaemons CephNode",
        "ceph_toolbox": "CephToolbox",
        "host_path_class": "HostPathClass",
        "volume_class": "VolumeClass",
    },
)
