"""Back ends of secret stores, with their connection and authentication.

The Secrets for authentication are in the namespace that their reference names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from kubeapis import external_secrets as es
from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.constructs.secret.vault_login import (
    VaultAppRole,
    VaultLogin,
    VaultServiceAccount,
    VaultToken,
)
from kubestrata.core.reference import Reference
from kubestrata.core.value.url import check_url

# This ConfigMap is in every namespace (source: Kubernetes' root CA publisher).
_CLUSTER_CA = "kube-root-ca.crt"


@runtime_checkable
class StoreProvider(Protocol):
    """A back end that a SecretStore or ClusterSecretStore reads."""

    @property
    def field(self) -> es.SecretStoreSpecProvider:
        """Return the `spec.provider` field."""
        ...


@dataclass(frozen=True, slots=True)
class AwsSecretsManager:
    """AWS Secrets Manager, accessed by the cloud identity of the External Secrets controller.

    `service_account` selects another identity (EKS IRSA); `prefix` is prepended to every path.
    """

    region: str
    service_account: Reference | None = None
    prefix: str | None = None

    @property
    def field(self) -> es.SecretStoreSpecProvider:
        """Return the provider; without `auth` the controller's pod identity is used."""
        account = self.service_account
        auth = (
            es.SecretStoreSpecProviderAwsAuth(
                jwt=es.SecretStoreSpecProviderAwsAuthJwt(service_account_ref=_account(account))
            )
            if account is not None
            else None
        )
        aws = es.SecretStoreSpecProviderAws(
            service="SecretsManager", region=self.region, prefix=self.prefix, auth=auth
        )
        return es.SecretStoreSpecProvider(aws=aws)


@dataclass(frozen=True, slots=True)
class OnePasswordConnect:
    """A 1Password Connect server; `vaults` are searched in ascending order of their numbers."""

    host: str
    token: SecretKey
    vaults: Mapping[str, int]

    def __post_init__(self) -> None:
        check_url("host of OnePasswordConnect", self.host)

    @property
    def field(self) -> es.SecretStoreSpecProvider:
        """Return the provider, with the Connect token."""
        secret = es.SecretStoreSpecProviderOnepasswordAuthSecretRef(
            connect_token_secret_ref=_selector(self.token)
        )
        auth = es.SecretStoreSpecProviderOnepasswordAuth(secret_ref=secret)
        return es.SecretStoreSpecProvider(
            onepassword=es.SecretStoreSpecProviderOnepassword(
                connect_host=self.host, vaults=dict(self.vaults), auth=auth
            )
        )


@dataclass(frozen=True, slots=True)
class VaultStore:
    """The key-value engine of Vault or OpenBao that is mounted at `path`.

    `ca_bundle` are the certificate authorities of the server, PEM in base64.
    """

    server: str
    path: str
    login: VaultLogin
    version: Literal["v1", "v2"] = "v2"
    ca_bundle: str | None = None

    def __post_init__(self) -> None:
        check_url("server of VaultStore", self.server)

    @property
    def field(self) -> es.SecretStoreSpecProvider:
        """Return the provider, with the login's auth method."""
        return es.SecretStoreSpecProvider(
            vault=es.SecretStoreSpecProviderVault(
                server=self.server,
                path=self.path,
                version=self.version,
                ca_bundle=self.ca_bundle,
                auth=_vault_auth(self.login),
            )
        )


@dataclass(frozen=True, slots=True)
class BitwardenSecretsManager:
    """Bitwarden Secrets Manager, by the SDK server at `server` that the chart installs."""

    organization: str
    project: str
    credentials: SecretKey
    server: str
    ca_bundle: str | None = None

    def __post_init__(self) -> None:
        check_url("server of BitwardenSecretsManager", self.server)

    @property
    def field(self) -> es.SecretStoreSpecProvider:
        """Return the provider, with a machine account's access token."""
        secret = es.SecretStoreSpecProviderBitwardensecretsmanagerAuthSecretRef(
            credentials=_selector(self.credentials)
        )
        return es.SecretStoreSpecProvider(
            bitwardensecretsmanager=es.SecretStoreSpecProviderBitwardensecretsmanager(
                organization_id=self.organization,
                project_id=self.project,
                bitwarden_server_sdkurl=self.server,
                ca_bundle=self.ca_bundle,
                auth=es.SecretStoreSpecProviderBitwardensecretsmanagerAuth(secret_ref=secret),
            )
        )


@dataclass(frozen=True, slots=True)
class KubernetesSecrets:
    """Secrets of another namespace of this cluster, read as `service_account`.

    The account needs a Role in that namespace that allows reading Secrets.
    """

    namespace: Reference
    service_account: Reference

    @property
    def field(self) -> es.SecretStoreSpecProvider:
        """Return the provider; it trusts the API server by the CA in every namespace."""
        authority = es.SecretStoreSpecProviderVaultCaProvider(
            type="ConfigMap",
            name=_CLUSTER_CA,
            key="ca.crt",
            namespace=self.service_account.namespace,
        )
        return es.SecretStoreSpecProvider(
            kubernetes=es.SecretStoreSpecProviderKubernetes(
                remote_namespace=self.namespace.name,
                server=es.SecretStoreSpecProviderCrdServer(ca_provider=authority),
                auth=es.SecretStoreSpecProviderCrdAuth(
                    service_account=_account(self.service_account)
                ),
            )
        )


def _selector(key: SecretKey) -> es.SecretStoreSpecProviderCrdAuthRef:
    return es.SecretStoreSpecProviderCrdAuthRef(
        name=key.name, key=key.key, namespace=key.secret.namespace
    )


def _account(account: Reference) -> es.SecretStoreSpecProviderCrdAuthServiceAccount:
    return es.SecretStoreSpecProviderCrdAuthServiceAccount(
        name=account.name, namespace=account.namespace
    )


def _vault_auth(login: VaultLogin) -> es.SecretStoreSpecProviderVaultAuth:
    match login:
        case VaultAppRole():
            role = es.SecretStoreSpecProviderVaultAuthAppRole(
                path=login.path, role_id=login.role_id, secret_ref=_selector(login.secret)
            )
            return es.SecretStoreSpecProviderVaultAuth(app_role=role)
        case VaultServiceAccount():
            account = es.SecretStoreSpecProviderVaultAuthKubernetes(
                mount_path=login.mount,
                role=login.role,
                service_account_ref=_account(login.service_account),
            )
            return es.SecretStoreSpecProviderVaultAuth(kubernetes=account)
        case VaultToken():
            return es.SecretStoreSpecProviderVaultAuth(token_secret_ref=_selector(login.secret))
