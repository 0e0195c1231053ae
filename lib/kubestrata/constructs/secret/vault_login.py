"""Authentication methods for Vault and OpenBao."""

from __future__ import annotations

from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.core.frozen import Frozen
from kubestrata.core.reference import Reference


class VaultAppRole(Frozen):
    """An AppRole, whose auth method is mounted at `path`.

    The role id is not confidential, and may be a placeholder; the secret id is confidential.
    """

    role_id: str
    secret: SecretKey
    path: str = "approle"


class VaultServiceAccount(Frozen):
    """A service account whose token Vault verifies with the cluster's TokenReview API.

    `mount` is the path of the auth method.
    """

    role: str
    service_account: Reference
    mount: str = "kubernetes"


class VaultToken(Frozen):
    """A static token, which must be renewed elsewhere."""

    secret: SecretKey


VaultLogin = VaultAppRole | VaultServiceAccount | VaultToken
