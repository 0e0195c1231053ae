"""External Secrets with Vault as the store of the cluster."""

from charts import catalogue
from charts.resource_request import bounded
from charts.security.external_secrets import ExternalSecretsRelease
from charts.security.vault_server import ENGINE, VaultServer
from kubeapis import cert_manager as api
from kubestrata import Cluster, Component, JsonObject, Reference
from kubestrata.constructs import ExternalSecret, RemoteKey, SecretSource
from kubestrata.constructs.access import (
    Permission,
    Role,
    RoleBinding,
    RoleSubject,
    ServiceAccount,
)
from kubestrata.constructs.secret import (
    ClusterStore,
    KubernetesSecrets,
    NamespaceStore,
    Refresh,
    SecretReference,
    VaultStore,
    VaultToken,
)
from kubestrata.constructs.traffic import TrustBundle

_NAME = "external-secrets"
_ISSUER = "external-secrets-selfsigned-issuer"
_WEBHOOK_PORT = 9443
_ROOT = "vault-root"
_READER = "vault-token-reader"


class VaultControllers(ExternalSecretsRelease):
    """One replica of the controllers with their CRDs; cert-manager certifies the webhook.

    `account` is the ServiceAccount that reads Secrets of other namespaces.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(
            scope,
            layer="security",
            namespace=namespace,
            chart=catalogue.EXTERNAL_SECRETS.at("0.10.4"),
            values=_VALUES,
            webhook_port=_WEBHOOK_PORT,
        )
        self_signed = api.ClusterIssuerSpecSelfSigned()
        api.Issuer(self, _ISSUER, spec=api.ClusterIssuerSpec(self_signed=self_signed))
        self.account = self.release.makes("", "ServiceAccount", _NAME)


class VaultStores(Component):
    """The ClusterSecretStores `vault-backend` and `kubernetes-secret-store`.

    `vault` reads the key-value engine of Vault with its root token. The other one reads the Secrets
    of the namespace `read`.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        controllers: VaultControllers,
        server: VaultServer,
        bundle: TrustBundle,
        read: Reference,
    ) -> None:
        super().__init__(scope, "secret-stores", layer="security")
        # The API server accepts stores once the webhook of the controllers answers.
        self.needs(controllers)
        vault = server.vault
        provider = VaultStore(
            vault.service.text("https://{name}.{namespace}:{port}"),
            ENGINE,
            VaultToken(vault.unseal_keys.key(_ROOT)),
            ca=bundle.copy_in(server.home_namespace),
        )
        self.vault = ClusterStore(self, "vault-backend", provider=provider).store
        ClusterStore(
            self,
            "kubernetes-secret-store",
            provider=KubernetesSecrets(read, controllers.account),
        )


class VaultRootToken(Component):
    """The Secret `vault-token` of Flux's namespace, with Vault's root token as `vault_token`.

    It is read from the Secret of the unseal keys, of which the reader may read nothing else.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        controllers: VaultControllers,
        server: VaultServer,
    ) -> None:
        super().__init__(scope, "vault-token", layer="security", namespace=namespace)
        self.needs(controllers)
        home, keys = server.home_namespace, server.vault.unseal_keys
        account = ServiceAccount(self, _READER)
        role = Role(
            self,
            "vault-secret-reader",
            permissions=[Permission.read("secrets", group="", names=[keys.name])],
            namespace=home,
        )
        RoleBinding(
            self,
            f"{_READER}-binding",
            role=role.ref,
            subjects=[RoleSubject.account(account)],
            namespace=home,
        )
        store = NamespaceStore(
            self, "vault-secret-store", provider=KubernetesSecrets(home, account.ref)
        ).store
        source = SecretSource.keys({"vault_token": RemoteKey(keys.name, _ROOT)})
        self.secret: SecretReference = ExternalSecret(
            self, "vault-token", source=source, store=store, refresh=Refresh.every("24h")
        ).secret


_VALUES: JsonObject = {
    "installCRDs": True,
    "replicaCount": 1,
    "serviceAccount": {"create": True, "name": _NAME},
    "resources": bounded("10m", "64Mi", "100m", "128Mi"),
    "webhook": {
        "port": _WEBHOOK_PORT,
        "certManager": {
            "enabled": True,
            "cert": {
                "create": True,
                "issuerRef": {"group": "cert-manager.io", "kind": "Issuer", "name": _ISSUER},
            },
        },
    },
    "certController": {"create": False},
}
