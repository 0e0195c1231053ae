"""HashiCorp Vault, run by the operator of Bank-Vaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
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

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "external_configuration": (
            "ExternalConfiguration KeyValueEngine VaultKubernetesAuth VaultPolicy VaultRole"
        ),
        "server_configuration": "RaftStorage UnsealKeys VaultListener",
        "vault": "Vault VaultOperator VaultSpec",
    },
)
