"""HashiCorp Vault, run by the operator of Bank-Vaults."""

from kubestrata.constructs.vault.external_configuration import (
    ExternalConfiguration,
    KeyValueEngine,
    VaultKubernetesAuth,
    VaultPolicy,
    VaultRole,
)
from kubestrata.constructs.vault.server_configuration import (
    RaftStorage,
    UnsealKeys,
    VaultListener,
)
from kubestrata.constructs.vault.vault import Vault, VaultOperator, VaultSpec

__all__ = [
    "ExternalConfiguration",
    "KeyValueEngine",
    "RaftStorage",
    "UnsealKeys",
    "Vault",
    "VaultKubernetesAuth",
    "VaultListener",
    "VaultOperator",
    "VaultPolicy",
    "VaultRole",
    "VaultSpec",
]
