"""The other clusters of the ClusterMesh, as Cilium's agents reach them."""

from kubestrata import Cluster, Component, Reference
from kubestrata.constructs.traffic import ClusterMeshSecret


class ClusterMeshPeers(Component):
    """The Secret with addresses and certificates of the other clusters."""

    def __init__(self, scope: Cluster, *, namespace: Reference, cilium: Reference) -> None:
        super().__init__(scope, "cilium-clustermesh", layer="infrastructure", namespace=namespace)
        self.needs(cilium)
        ClusterMeshSecret(self, entry=f"kubernetes/{scope.name}/cilium-clustermesh")
