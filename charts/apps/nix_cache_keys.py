"""Keys of the binary cache of Nix, which outlive the cluster."""

from pathlib import Path

from kubestrata import Cluster, Component, Reference
from kubestrata.constructs import SealedSecret, SecretReference


class NixCacheKeys(Component):
    """Two SealedSecrets from `folder`: what signs tokens, and the pair that signs packages.

    Clients trust the public key, so the same files are used for each new cluster.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, folder: Path) -> None:
        super().__init__(scope, "nix-cache-keys", layer="apps", namespace=namespace)
        self.token = self._sealed("attic-jwt-token", folder)
        self.signing = self._sealed("nix-cache-signing-key", folder)

    def _sealed(self, name: str, folder: Path) -> SecretReference:
        return SealedSecret(self, name, file=folder / f"{name}.yaml").secret
