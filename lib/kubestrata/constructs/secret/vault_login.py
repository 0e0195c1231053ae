"""How a client proves to Vault, or OpenBao, who it is."""

from __future__ import annotations

from dataclasses import dataclass

from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.core.reference import Reference


@dataclass(frozen=True, slots=True)
class VaultAppRole:
    """An AppRole, whose auth method is mounted at `path`.

    The role's id is no secret, and may be a placeholder; its other half is.
    """

    role_id: str
    secret: SecretKey
    path: str = "approle"


@dataclass(frozen=True, slots=True)
class VaultServiceAccount:
    """A service account whose token Vault has the cluster review.

    `mount` is where the auth method is mounted.
    """

    role: str
    service_account: Reference
    mount: str = "kubernetes"


@dataclass(frozen=True, slots=True)
class VaultToken:
    """A token that somebody renews."""

    secret: SecretKey


VaultLogin = VaultAppRole | VaultServiceAccount | VaultToken
