"""Facts in which the clusters of monosense.io differ, one frozen value per cluster."""

from kubestrata import Frozen


class NodeSettings(Frozen):
    """One machine, a schedulable control plane node.

    `mac` selects the two ports of its bond; `driver` and `ports` are those of its network card;
    `ceph_disk` is the id of the NVMe disk for Ceph below /dev/disk/by-id, without `nvme-`.
    """

    name: str
    address: str
    mac: str
    driver: str
    ports: tuple[str, str]
    ceph_disk: str


class GatewayAddresses(Frozen):
    """Addresses out of the pool of the cluster, for its fixed entry points."""

    mesh: str
    external: str
    internal: str


class ClusterSettings(Frozen):
    """All that makes one cluster of monosense.io.

    `number` is its id in the ClusterMesh; `pods` and `services` are CIDRs; `pool` is the first and
    the last address for Services of type LoadBalancer; `asn` is its BGP autonomous system.
    """

    name: str
    number: int
    pods: str
    services: str
    dns_address: str
    pool: tuple[str, str]
    gateways: GatewayAddresses
    asn: int
    nodes: tuple[NodeSettings, ...]

    @property
    def api_host(self) -> str:
        """The name of the API server in DNS."""
        return f"{self.name}-k8s.monosense.io"
