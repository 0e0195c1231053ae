"""Configuration of Vault's servers: storage, listener, and the keys that unseal them."""

from __future__ import annotations

from kubeapis import k8s, vault
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import Json, JsonObject
from kubestrata.core.reference import Reference
from kubestrata.core.value.quantity import Quantity

PORT, CLUSTER_PORT = 8200, 8201
_VOLUME = "vault-raft"
# The operator mounts the certificate here (source: Bank-Vaults, existingTlsSecretName).
_TLS = "/vault/tls"
# Expanded by Bank-Vaults when a pod starts; not a variable of Flux.
_POD = "${.Env.POD_NAME}"


class RaftStorage(Frozen):
    """Integrated storage: a volume of `size` for each server, mounted at `path`.

    `storage_class` is the StorageClass or its name, None for the cluster's default.
    """

    size: Quantity
    storage_class: Reference | str | None = None
    path: str = "/vault/file"

    def __post_init__(self) -> None:
        if not self.path.startswith("/"):
            raise InvalidValue(f"path {self.path!r} of RaftStorage", "must be absolute")
        found = self.storage_class
        if isinstance(found, Reference) and found.kind != "StorageClass":
            raise InvalidReference(str(found), "is not a StorageClass")

    @property
    def config(self) -> JsonObject:
        """Return `storage` of the configuration."""
        return {"raft": {"path": self.path}}

    @property
    def claim(self) -> vault.VaultSpecVolumeClaimTemplates:
        """Return the volume claim of each server."""
        found = self.storage_class
        name = found.name if isinstance(found, Reference) else found
        return vault.VaultSpecVolumeClaimTemplates(
            metadata=vault.VaultSpecVolumeClaimTemplatesMetadata(name=_VOLUME),
            spec=k8s.PersistentVolumeClaimSpec(
                access_modes=["ReadWriteOnce"],
                storage_class_name=name,
                volume_mode="Filesystem",
                resources=k8s.VolumeResourceRequirements(requests={"storage": self.size}),
            ),
        )

    @property
    def mount(self) -> k8s.VolumeMount:
        """Return the mount of the volume."""
        return k8s.VolumeMount(name=_VOLUME, mount_path=self.path)


class VaultListener(Frozen):
    """The listener of the API, with TLS; the cluster's own traffic is on another port.

    With `verifies_clients` certificates of clients are verified by the authority of the server's.
    """

    verifies_clients: bool = False

    @property
    def config(self) -> JsonObject:
        """Return `listener` of the configuration."""
        tcp: dict[str, Json] = {
            "address": f"0.0.0.0:{PORT}",
            "cluster_address": f"0.0.0.0:{CLUSTER_PORT}",
            "tls_cert_file": f"{_TLS}/server.crt",
            "tls_key_file": f"{_TLS}/server.key",
        }
        if self.verifies_clients:
            tcp["tls_client_ca_file"] = f"{_TLS}/ca.crt"
        return {"tcp": tcp}


class UnsealKeys(Frozen):
    """The keys that unseal a server, in a Secret of its namespace, by default `<id>-unseal-keys`.

    A server is unsealed by `threshold` of its `shares`. With `keeps_root_token` the Secret has the
    root token too. Whoever reads the Secret can read everything that Vault holds.
    """

    shares: int = 5
    threshold: int = 3
    keeps_root_token: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.threshold <= self.shares:
            why = f"must be between 1 and the {self.shares} shares"
            raise InvalidValue(f"threshold {self.threshold!r} of UnsealKeys", why)

    @property
    def keys(self) -> frozenset[str]:
        """Return the keys of the Secret (source: Bank-Vaults, operator_client.go)."""
        found = {f"vault-unseal-{number}" for number in range(self.shares)}
        return frozenset(found | ({"vault-root"} if self.keeps_root_token else set()))

    def field(self, namespace: str) -> vault.VaultSpecUnsealConfig:
        """Return `spec.unsealConfig`."""
        return vault.VaultSpecUnsealConfig(
            options=vault.VaultSpecUnsealConfigOptions(
                pre_flight_checks=True,
                store_root_token=self.keeps_root_token,
                secret_shares=self.shares,
                secret_threshold=self.threshold,
            ),
            kubernetes=vault.VaultSpecUnsealConfigKubernetes(secret_namespace=namespace),
        )


def server_config(
    name: str, namespace: str, storage: RaftStorage, listener: VaultListener, *, ui: bool
) -> JsonObject:
    """Return `spec.config` of servers that are reached as `name` in `namespace`."""
    domain = f"{namespace}.svc.cluster.local"
    return {
        "storage": storage.config,
        "listener": listener.config,
        "api_addr": f"https://{name}.{domain}:{PORT}",
        "cluster_addr": f"https://{_POD}.{domain}:{CLUSTER_PORT}",
        "ui": ui,
    }
