"""Secrets: their sources, stores and references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.constructs.secret.encrypted_secret import EncryptedSecret
    from kubestrata.constructs.secret.external_secret import ExternalSecret, Refresh
    from kubestrata.constructs.secret.external_secrets_api import ExternalSecretsApi
    from kubestrata.constructs.secret.generated_password import GeneratedPassword, PasswordFormat
    from kubestrata.constructs.secret.reflection import ReflectedTo, SecretReflector
    from kubestrata.constructs.secret.sealed_secret import SealedSecret
    from kubestrata.constructs.secret.secret_reference import SecretKey, SecretReference
    from kubestrata.constructs.secret.secret_source import RemoteKey, SecretSource
    from kubestrata.constructs.secret.secret_store import (
        ClusterStore,
        NamespaceStore,
        SecretStoreReference,
    )
    from kubestrata.constructs.secret.secret_template import SecretTemplate
    from kubestrata.constructs.secret.store_provider import (
        AwsSecretsManager,
        BitwardenSecretsManager,
        KubernetesSecrets,
        OnePasswordConnect,
        StoreProvider,
        VaultStore,
    )
    from kubestrata.constructs.secret.vault_login import (
        VaultAppRole,
        VaultLogin,
        VaultServiceAccount,
        VaultToken,
    )

__all__ = [
    "AwsSecretsManager",
    "BitwardenSecretsManager",
    "ClusterStore",
    "EncryptedSecret",
    "ExternalSecret",
    "ExternalSecretsApi",
    "GeneratedPassword",
    "KubernetesSecrets",
    "NamespaceStore",
    "OnePasswordConnect",
    "PasswordFormat",
    "ReflectedTo",
    "Refresh",
    "RemoteKey",
    "SealedSecret",
    "SecretKey",
    "SecretReference",
    "SecretReflector",
    "SecretSource",
    "SecretStoreReference",
    "SecretTemplate",
    "StoreProvider",
    "VaultAppRole",
    "VaultLogin",
    "VaultServiceAccount",
    "VaultStore",
    "VaultToken",
]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "encrypted_secret": "EncryptedSecret",
        "external_secret": "ExternalSecret Refresh",
        "external_secrets_api": "ExternalSecretsApi",
        "generated_password": "GeneratedPassword PasswordFormat",
        "reflection": "ReflectedTo SecretReflector",
        "sealed_secret": "SealedSecret",
        "secret_reference": "SecretKey SecretReference",
        "secret_source": "RemoteKey SecretSource",
        "secret_store": "ClusterStore NamespaceStore SecretStoreReference",
        "secret_template": "SecretTemplate",
        "store_provider": (
            "AwsSecretsManager BitwardenSecretsManager KubernetesSecrets OnePasswordConnect "
            "StoreProvider VaultStore"
        ),
        "vault_login": "VaultAppRole VaultLogin VaultServiceAccount VaultToken",
    },
)
