"""The login of the database as environment variables of Mastodon."""

from charts.apps.mastodon.database import MastodonDatabase
from kubestrata import ArgoCd, Cluster, Component
from kubestrata.constructs import ExternalSecret, RemoteKey, SecretSource
from kubestrata.constructs.access import (
    Permission,
    Role,
    RoleBinding,
    RoleSubject,
    ServiceAccount,
)
from kubestrata.constructs.secret import KubernetesSecrets, NamespaceStore

_REVIEWS = "authorization.k8s.io"
_ROLE = "eso-store-role"


class DatabaseLogin(Component):
    """The ExternalSecret `mastodon-db-url`, from the Secret that the database's operator creates.

    The SecretStore `cnpg-k8s-store` reads Secrets of the namespace as `mastodon-eso-reader`.
    """

    def __init__(self, scope: Cluster, *, database: MastodonDatabase) -> None:
        home = database.home_namespace
        super().__init__(scope, "mastodon-database-login", layer="platform", namespace=home)
        account = ServiceAccount(self, "mastodon-eso-reader")
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

    def _let_read(self, account: ServiceAccount) -> None:
        role = Role(
            self,
            _ROLE,
            permissions=[
                Permission.read("secrets", group=""),
                Permission.of(["create"], "selfsubjectrulesreviews", group=_REVIEWS),
            ],
        )
        subjects = [RoleSubject.account(account)]
        RoleBinding(self, "eso-store-rolebinding", role=role.ref, subjects=subjects)
