"""The forge: Git repositories, issues and packages, with PostgreSQL and single sign-on."""

from collections.abc import Mapping
from pathlib import Path

from charts import catalogue
from charts.resource_request import resources
from charts.security.encrypted_login import EncryptedLogin
from charts.variable import secret_variable
from kubestrata import (
    Cluster,
    Component,
    Duration,
    Frozen,
    Host,
    JsonObject,
    Namespace,
    Reconcile,
    Reference,
    ServiceReference,
)
from kubestrata.constructs import (
    EncryptedSecret,
    GatewayReference,
    HelmRelease,
    Route,
    SecretReference,
)
from kubestrata.constructs.identity import OidcApplication, OidcLogin

_NAME = "forgejo"
_PORT = 3000
# The first start creates the tables.
_TIMEOUT = Duration("15m")
# Forgejo reads its settings from variables `FORGEJO__<section>__<key>`.
_PASSWORD = "FORGEJO__DATABASE__PASSWD"  # noqa: S105  # an environment variable


def forgejo_application(host: Host) -> OidcApplication:
    """Return the client of the Forgejo at `host`; the redirect URI names the login `authentik`."""
    return OidcApplication(
        id=_NAME, name="Forgejo", redirects=[f"https://{host}/user/oauth2/authentik/callback"]
    )


class ForgejoSecrets(Frozen):
    """The encrypted Secrets `forgejo-admin` and `forgejo-database`, and the client's."""

    admin: Path
    database: Path
    login: EncryptedLogin


class Forgejo(Component):
    """Forgejo at `forgejo` in the cluster's domain, with its database `forgejo` at `database`.

    Git is served over HTTPS only: nothing exposes SSH. `labels` are those of its route.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        gateway: GatewayReference,
        labels: Mapping[str, str],
        database: ServiceReference,
        storage_class: Reference,
        secrets: ForgejoSecrets,
    ) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="tooling",
            # The runner beside it runs Docker.
            namespace=Namespace(_NAME, pod_security="privileged"),
            reconcile=Reconcile(timeout=_TIMEOUT),
        )
        host = scope.host(_NAME)
        login = secrets.login.sign_on(self, f"{_NAME}-login", id_key="key", secret_key="secret")  # noqa: S106
        admin = EncryptedSecret(self, f"{_NAME}-admin", file=secrets.admin).secret
        password = EncryptedSecret(self, f"{_NAME}-database", file=secrets.database).secret
        release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.FORGEJO,
            timeout=_TIMEOUT,
            values={
                # The new pod cannot lock the queues and the index of the old one.
                "strategy": {"type": "Recreate"},
                # Sizes are inputs of whoever delivers this cluster.
                "resources": resources("100m", "256Mi", "512Mi"),
                "persistence": {"storageClass": storage_class.name},
                "gitea": _settings(host, database, login, admin, password),
            },
        )
        self.service = release.service(f"{_NAME}-http", _PORT)
        Route(self, _NAME, host=host, gateway=gateway, to=self.service, labels=labels)


def _settings(
    host: Host,
    database: ServiceReference,
    login: OidcLogin,
    admin: SecretReference,
    password: SecretReference,
) -> JsonObject:
    key = password.key("password")
    return {
        "admin": {"existingSecret": admin.name},
        "oauth": [
            {
                "name": "authentik",
                "provider": "openidConnect",
                "existingSecret": login.secret.name,
                "autoDiscoverUrl": login.discovery_url,
            }
        ],
        "additionalConfigFromEnvs": [secret_variable(_PASSWORD, key)],
        "config": {
            "database": {
                "DB_TYPE": "postgres",
                "HOST": database.text("{host}:{port}"),
                "NAME": _NAME,
                "USER": _NAME,
            },
            "server": {"DOMAIN": host, "ROOT_URL": f"https://{host}/", "DISABLE_SSH": True},
            # Accounts are those of the provider.
            "service": {"ALLOW_ONLY_EXTERNAL_REGISTRATION": True},
            "oauth2_client": {"ENABLE_AUTO_REGISTRATION": True},
        },
    }
