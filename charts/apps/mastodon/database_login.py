"""The login of the database as environment variables of Mastodon."""

from charts.apps.mastodon.database import MastodonDatabase
from kubeapis import k8s
from kubestrata import ArgoCd, Cluster, Component
from kubestrata.constructs import ExternalSecret, RemoteKey, SecretSource
from kubestrata.constructs.secret import KubernetesSecrets, NamespaceStore

_RBAC = "rbac.authorization.k8s.io"
_ROLE = "eso-store-role"


class DatabaseLogin(Component):
    """The ExternalSecret `mastodon-db-url`, from the Secret that the database's operator creates.

    The SecretStore `cnpg-k8s-store` reads Secrets of the namespace as `mastodon-eso-reader`.
    """

    def __init__(self, scope: Cluster, *, database: MastodonDatabase) -> None:
        home = database.home_namespace
        super().__init__(scope, "mastodon-database-login", layer="platform", namespace=home)
        account = k8s.ServiceAccount(self, "mastodon-eso-reader")
        self._let_read(account)
        provider = KubernetesSecrets(home, account.ref, ArgoCd.OWN_SERVER)
        store = NamespaceStore(self, "cnpg-k8s-store", provider=provider).store
        login = database.login
        keys = {"DB_USER": "username", "DB_PASS": "password"}
        source = SecretSource.keys(
            {
                variable: RemoteKey(login.name, login.key(field).key)
                for variable, field in keys.items()
            }
        )
        self.secret = ExternalSecret(self, "mastodon-db-url", source=source, store=store).secret

    def _let_read(self, account: k8s.ServiceAccount) -> None:
        role = k8s.Role(
            self,
            _ROLE,
            rules=[
                k8s.PolicyRule(
                    api_groups=[""], resources=["secrets"], verbs=["get", "list", "watch"]
                ),
                k8s.PolicyRule(
                    api_groups=["authorization.k8s.io"],
                    resources=["selfsubjectrulesreviews"],
                    verbs=["create"],
                ),
            ],
        )
        k8s.RoleBinding(
            self,
            "eso-store-rolebinding",
            role_ref=k8s.RoleRef(api_group=_RBAC, kind="Role", name=role.name),
            subjects=[
                k8s.Subject(kind="ServiceAccount", name=account.name, namespace=account.namespace)
            ],
        )
