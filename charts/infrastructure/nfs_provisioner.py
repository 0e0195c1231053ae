"""Storage: a directory on the NFS server for every PersistentVolumeClaim."""

from charts import catalogue
from kubestrata import Cluster, Host, JsonObject, Namespace
from kubestrata.constructs import HelmComponent

_STORAGE_CLASS = "nfs-client"


class NfsProvisioner(HelmComponent):
    """The provisioner, and the default StorageClass `nfs-client`."""

    def __init__(self, scope: Cluster, *, server: Host, path: str) -> None:
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


def _values(server: Host, path: str) -> JsonObject:
    return {
        "nfs": {"server": server, "path": path},
        "storageClass": {
            "name": _STORAGE_CLASS,
            "defaultClass": True,
            "allowVolumeExpansion": True,
            "reclaimPolicy": "Delete",
            # A deleted claim's directory is renamed, not removed.
            "archiveOnDelete": True,
        },
    }
