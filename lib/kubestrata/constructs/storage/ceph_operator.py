"""The operator of Ceph that a cluster may have."""

from __future__ import annotations

from kubestrata.constructs.data.operator import Operator


class CephOperator(Operator):
    """Rook; its namespace is the prefix of the names of its CSI drivers."""

    @property
    def block_driver(self) -> str:
        """Return the name of the CSI driver of block devices."""
        return f"{self.pods.namespace}.rbd.csi.ceph.com"
