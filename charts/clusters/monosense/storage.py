"""Storage of a cluster of monosense.io: local volumes, and Ceph on a disk of each node."""

from charts.clusters.monosense.namespaces import Namespaces
from charts.clusters.monosense.settings import ClusterSettings
from charts.infrastructure.openebs import OpenEbs
from charts.infrastructure.rook_ceph import RookCluster, RookOperator
from kubestrata import Cluster, Frozen, Reference
from kubestrata.constructs import Pods
from kubestrata.constructs.observability import PrometheusOperator
from kubestrata.constructs.storage import CephNode

# Where Talos mounts the user volume `openebs`.
_LOCAL = "/var/mnt/openebs"


class Storage(Frozen):
    """Components of storage; `local` and `block` are their StorageClasses."""

    openebs: OpenEbs
    operator: RookOperator
    ceph: RookCluster
    local: Reference
    block: Reference


def add_storage(
    cluster: Cluster, settings: ClusterSettings, namespaces: Namespaces, scraper: Pods
) -> Storage:
    """Add OpenEBS and Ceph, and provide the operator of Ceph to the cluster.

    `scraper` are the pods that read metrics.
    """
    openebs = OpenEbs(cluster, namespace=namespaces.openebs_system, path=_LOCAL)
    operator = RookOperator(
        cluster, namespace=namespaces.rook_ceph, monitoring=PrometheusOperator(scraper=scraper)
    )
    cluster.offer(operator.operator)
    ceph = RookCluster(
        cluster,
        namespace=namespaces.rook_ceph,
        nodes=[
            CephNode(name=node.name, disks=[f"/dev/disk/by-id/nvme-{node.ceph_disk}"])
            for node in settings.nodes
        ],
    )
    return Storage(
        openebs=openebs,
        operator=operator,
        ceph=ceph,
        local=openebs.storage_class,
        block=ceph.storage_class,
    )
