"""Storage: a directory on the NFS server for every PersistentVolumeClaim."""

from charts import catalogue
from charts.resource_request import resources
from kubestrata import Cluster, JsonObject, Namespace
from kubestrata.constructs import HelmComponent

_STORAGE_CLASS = "nfs"


class NfsProvisioner(HelmComponent):
    """The provisioner, and the default StorageClass `nfs`; `server` is the address of the NAS."""

    def __init__(self, scope: Cluster, *, server: str, path: str) -> None:
        super().__init__(
            scope,
            "nfs-provisioner",
            layer="infrastructure",
            namespace=Namespace("nfs-provisioner", pod_security="baseline"),
            chart=catalogue.NFS_PROVISIONER,
            values=_values(server, path),
        )
        self.storage_class = self.release.makes(
            "storage.k8s.io", "StorageClass", _STORAGE_CLASS, namespaced=False
        )


def _values(server: str, path: str) -> JsonObject:
    return {
        "nfs": {"server": server, "path": path, "mountOptions": ["nfsvers=4", "hard", "noatime"]},
        "replicaCount": 1,
        "resources": resources("10m", "32Mi", "128Mi"),
        "storageClass": {
            "name": _STORAGE_CLASS,
            "defaultClass": True,
            "allowVolumeExpansion": True,
            "reclaimPolicy": "Delete",
            # A deleted claim's directory is renamed, not removed.
            "archiveOnDelete": True,
        },
    }
