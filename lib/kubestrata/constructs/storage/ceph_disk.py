"""Disks of the Ceph clusters of a platform: each belongs to one."""

from __future__ import annotations

from collections.abc import Sequence

from kubestrata.core.cluster import Cluster, ClusterCheck
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.origin import Origin


class CephDisk(Frozen):
    """A disk by its stable name, and the line that gives it to Ceph."""

    path: str
    origin: Origin


class CephDisks(ClusterCheck):
    """Stable names of disks are those of the hardware, so no two clusters have one."""

    def __init__(self) -> None:
        self.disks: list[CephDisk] = []
        self._homes: dict[str, Origin] = {}

    def add(self, disks: Sequence[CephDisk]) -> None:
        """Record the disks of a CephCluster."""
        self.disks += disks

    def occupy(self, namespace: str, origin: Origin) -> None:
        """Record the namespace of a CephCluster; raises InvalidValue if it has one already."""
        if namespace in self._homes:
            what = f"namespace {namespace!r}"
            why = f"has a CephCluster already ({self._homes[namespace]}); Rook runs one in each"
            raise InvalidValue(what, why, "create it in another namespace", where=origin)
        self._homes[namespace] = origin

    def check(self, cluster: Cluster) -> None:
        """Raise InvalidValue for a disk of another cluster."""
        for other in cluster.platform.clusters:
            if other is cluster:
                continue
            theirs = {each.path: each for each in other.check_of(CephDisks).disks}
            for disk in self.disks:
                if disk.path in theirs:
                    what = f"disk {disk.path!r} of cluster {cluster.name!r}"
                    why = f"is given to Ceph in cluster {other.name!r}, too"
                    fix = f"name the disks of its own nodes; see {theirs[disk.path].origin}"
                    raise InvalidValue(what, why, fix, where=disk.origin)
