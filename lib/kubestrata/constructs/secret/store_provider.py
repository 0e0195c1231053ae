"""Back ends of secret stores, with their connection and authentication.

The Secrets for authentication are in the namespace that their reference names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol, runtime_checkable

from kubeapis import external_secrets as es
from kubestrata.constructs.config.config_reference import ConfigKey
from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.constructs.secret.vault_login import (
    VaultAppRole,
    VaultLogin,
    VaultServiceAccount,
    VaultToken,
)
from kubestrata.core.frozen import Frozen
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


class AwsSecretsManager(Frozen):
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


class OnePasswordConnect(Frozen):
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


class VaultStore(Frozen):
    """The key-value engine of Vault or OpenBao that is mounted at `path`.

    `ca` are the certificate authorities of the server: PEM in base64, or a key of a ConfigMap or
    Secret.
    """

    server: str
    path: str
    login: VaultLogin
    version: Literal["v1", "v2"] = "v2"
    ca: str | ConfigKey | SecretKey | None = None

    def __post_init__(self) -> None:
        check_url("server of VaultStore", self.server)

    @property
    def field(self) -> es.SecretStoreSpecProvider:
        """Return the provider, with the login's auth method."""
        ca = self.ca
        return es.SecretStoreSpecProvider(
            vault=es.SecretStoreSpecProviderVault(
                server=self.server,
                path=self.path,
                version=self.version,
                ca_bundle=ca if isinstance(ca, str) else None,
                ca_provider=None if ca is None or isinstance(ca, str) else _authority(ca),
                auth=_vault_auth(self.login),
            )
        )


class BitwardenSecretsManager(Frozen):
    """Bitwarden Secrets Manager, by the SDK server at `server` that the chart installs.

    `ca` signed the certificate of the SDK server: PEM in base64, or a key of a Secret.
    `api_url` and `identity_url` are Bitwarden's, for servers other than Bitwarden's own.
    """

    organization: str
    project: str
    credentials: SecretKey
    server: str
    ca: str | SecretKey | None = None
    api_url: str | None = None
    identity_url: str | None = None

    def __post_init__(self) -> None:
        check_url("server of BitwardenSecretsManager", self.server)

    @property
    def field(self) -> es.SecretStoreSpecProvider:
        """Return the provider, with a machine account's access token."""
        secret = es.SecretStoreSpecProviderBitwardensecretsmanagerAuthSecretRef(
            credentials=_selector(self.credentials)
        )
        ca = self.ca
        return es.SecretStoreSpecProvider(
            bitwardensecretsmanager=es.SecretStoreSpecProviderBitwardensecretsmanager(
                organization_id=self.organization,
                project_id=self.project,
                api_url=self.api_url,
                identity_url=self.identity_url,
                bitwarden_server_sdkurl=self.server,
                ca_bundle=None if isinstance(ca, SecretKey) else ca,
                ca_provider=_authority(ca) if isinstance(ca, SecretKey) else None,
                auth=es.SecretStoreSpecProviderBitwardensecretsmanagerAuth(secret_ref=secret),
            )
        )


class KubernetesSecrets(Frozen):
    """Secrets of another namespace of this cluster, read as `service_account`.

    The account needs a Role in that namespace that allows reading Secrets. `server` is the URL of
    the API server, None for External Secrets' default, the one in the cluster.
    """

    namespace: Reference
    service_account: Reference
    server: str | None = None

    @property
    def field(self) -> es.SecretStoreSpecProvider:
        """Return the provider; it trusts the API server by the CA in every namespace."""
        account = _account(self.service_account)
        return self._provider(self.service_account.namespace, account)

    @property
    def local(self) -> es.SecretStoreSpecProvider:
        """Return the provider of a SecretStore, which must name no namespace of its own."""
        account = es.SecretStoreSpecProviderCrdAuthServiceAccount(name=self.service_account.name)
        return self._provider(None, account)

    def _provider(
        self,
        ca_namespace: str | None,
        account: es.SecretStoreSpecProviderCrdAuthServiceAccount,
    ) -> es.SecretStoreSpecProvider:
        authority = es.SecretStoreSpecProviderVaultCaProvider(
            type="ConfigMap", name=_CLUSTER_CA, key="ca.crt", namespace=ca_namespace
        )
        server = es.SecretStoreSpecProviderCrdServer(url=self.server, ca_provider=authority)
        return es.SecretStoreSpecProvider(
            kubernetes=es.SecretStoreSpecProviderKubernetes(
                remote_namespace=self.namespace.name,
                server=server,
                auth=es.SecretStoreSpecProviderCrdAuth(service_account=account),
            )
        )


def _selector(key: SecretKey) -> es.SecretStoreSpecProviderCrdAuthRef:
    return es.SecretStoreSpecProviderCrdAuthRef(
        name=key.name, key=key.key, namespace=key.secret.namespace
    )


def _authority(key: ConfigKey | SecretKey) -> es.SecretStoreSpecProviderVaultCaProvider:
    if isinstance(key, ConfigKey):
        config = key.config.ref
        return es.SecretStoreSpecProviderVaultCaProvider(
            type="ConfigMap", name=key.name, key=key.key, namespace=config.namespace
        )
    return es.SecretStoreSpecProviderVaultCaProvider(
        type="Secret", name=key.name, key=key.key, namespace=key.secret.namespace
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
