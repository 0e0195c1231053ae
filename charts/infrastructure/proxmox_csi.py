"""Volumes on the storages of a Proxmox cluster."""

from pathlib import Path

from charts import catalogue
from charts.resource_request import bounded
from kubestrata import Cluster, Component, Frozen, JsonObject, Reference
from kubestrata.constructs import Flow, HelmRelease, SealedSecret, SecretKey

_NAME = "proxmox-csi-plugin"
_CONFIG = "config.yaml"


class RetainedClass(Frozen):
    """The default StorageClass `name` on a storage of Proxmox; volumes outlive their claims."""

    name: str
    storage: str


class ProxmoxCsi(Component):
    """The CSI driver with one StorageClass, and the SealedSecret of its access to Proxmox.

    `credentials` is the sealed file, whose key `config.yaml` has the API's address and token.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        credentials: Path,
        storage: RetainedClass,
    ) -> None:
        super().__init__(scope, _NAME, layer="infrastructure", namespace=namespace)
        config = SealedSecret(self, _NAME, file=credentials).secret.key(_CONFIG)
        self.release = HelmRelease(
            self, _NAME, chart=catalogue.PROXMOX_CSI, values=_values(storage, config)
        )
        self.release.allow(Flow.to_kubernetes_api())
        self.storage_class = self.release.makes(
            "storage.k8s.io", "StorageClass", storage.name, namespaced=False
        )


def _values(storage: RetainedClass, config: SecretKey) -> JsonObject:
    return {
        "existingConfigSecret": config.name,
        "existingConfigSecretKey": config.key,
        "replicaCount": 1,
        "storageClass": [
            {
                "name": storage.name,
                "storage": storage.storage,
                "reclaimPolicy": "Retain",
                "cache": "directsync",
                "ssd": True,
                "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
            }
        ],
        "controller": {"plugin": {"resources": bounded("50m", "64Mi", "200m", "256Mi")}},
        "node": {"plugin": {"resources": bounded("50m", "64Mi", "100m", "128Mi")}},
    }
