"""Git: Gitea with its own PostgreSQL, and logins by single sign-on."""

from charts import catalogue
from charts.infrastructure.bitnami_postgres import (
    PASSWORD,
    PORT,
    existing_passwords,
    postgres_passwords,
)
from charts.infrastructure.trusted_bundle import TrustedBundle
from charts.resource_request import bounded
from charts.variable import secret_variable
from kubestrata import Cluster, Component, Duration, Host, JsonObject, Reconcile, Reference
from kubestrata.constructs import Flow, HelmRelease
from kubestrata.constructs.identity import (
    ClientSecret,
    OidcApplication,
    OidcLogin,
    SingleSignOn,
)
from kubestrata.constructs.secret import GeneratedPassword, PasswordFormat, SecretTemplate
from kubestrata.constructs.traffic import Ingress

_NAME = "gitea"
_PROVIDER = "authentik"
_HTTP, _SSH, _SSH_NODE_PORT = 3000, 2222, 30501
_TIMEOUT = Duration("15m")
# Gitea reserves the name `admin`, and refuses to create a user with it.
_ADMINISTRATOR = "gitea_admin"


class GiteaSecrets(Component):
    """Secrets that exist before Gitea: generated once, and its client at the login provider."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, f"{_NAME}-secrets", layer="tooling", namespace=namespace)
        self.host = scope.host("git")
        admin = f"{_NAME}-admin-password"
        self.administrator = GeneratedPassword(
            self,
            admin,
            keys=[PASSWORD],
            format=PasswordFormat(length=24),
            template=SecretTemplate({"username": _ADMINISTRATOR}, keeps="all"),
            generator_name=f"{admin}-generator",
        ).secret
        self.database = postgres_passwords(self, f"{_NAME}-postgresql-passwords")
        # It encrypts what Gitea stores.
        self.secret_key = GeneratedPassword(
            self,
            f"{_NAME}-secret-key",
            keys=["SECRET_KEY"],
            format=PasswordFormat(length=64, digits=16),
        ).secret
        gitea = OidcApplication(
            id=_NAME, redirects=[f"https://{self.host}/user/oauth2/{_PROVIDER}/callback"]
        )
        # The names of keys that the chart reads.
        secret = ClientSecret(
            name=f"{_NAME}-oauth-client-secret",
            id_key="key",
            secret_key="secret",  # noqa: S106  # a key
        )
        self.login = SingleSignOn(self, gitea, secret=secret).login


class Gitea(Component):
    """Gitea at `git` in the domain, with one pod; Git over SSH is a port of the nodes.

    `trusted` has the certificates of the login provider.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        secrets: GiteaSecrets,
        storage_class: Reference,
        trusted: TrustedBundle,
        email: str,
    ) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="tooling",
            namespace=secrets.home_namespace,
            reconcile=Reconcile(timeout=Duration("20m")),
        )
        release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.GITEA,
            timeout=_TIMEOUT,
            values={
                **_pod(trusted, storage_class),
                **_postgres(secrets, storage_class),
                "gitea": {
                    "admin": {"existingSecret": secrets.administrator.name, "email": email},
                    "oauth": [_oauth(secrets.login)],
                    "additionalConfigFromEnvs": [
                        secret_variable("GITEA__DATABASE__PASSWD", secrets.database.key(PASSWORD)),
                        secret_variable(
                            "GITEA__SECURITY__SECRET_KEY", secrets.secret_key.key("SECRET_KEY")
                        ),
                    ],
                    "config": _config(secrets.host),
                },
            },
        )
        release.allow(Flow.to_pods(release.pods, PORT), Flow.from_pods(release.pods, PORT))
        self.http = release.service(f"{_NAME}-http", _HTTP)
        Ingress.at(self, _NAME, label="git", to=self.http, visibility="public")


def _oauth(login: OidcLogin) -> JsonObject:
    return {
        "name": _PROVIDER,
        "provider": "openidConnect",
        "existingSecret": login.secret.name,
        "autoDiscoverUrl": login.discovery_url,
        "scopes": "email profile",
    }


def _pod(trusted: TrustedBundle, storage_class: Reference) -> JsonObject:
    return {
        "replicaCount": 1,
        # The new pod cannot start while the old one has the volume.
        "strategy": {"type": "Recreate"},
        "deployment": {"env": [trusted.variable]},
        "extraVolumes": [trusted.volume],
        "extraInitVolumeMounts": [trusted.mount],
        "extraContainerVolumeMounts": [trusted.mount],
        "persistence": {"enabled": True, "size": "10Gi", "storageClass": storage_class.name},
        "resources": bounded("100m", "256Mi", "500m", "512Mi"),
        "service": {
            "http": {"type": "ClusterIP", "port": _HTTP},
            "ssh": {"type": "NodePort", "port": _SSH, "nodePort": _SSH_NODE_PORT},
        },
        "valkey-cluster": {"enabled": False},
        "test": {"enabled": False},
    }


def _postgres(secrets: GiteaSecrets, storage_class: Reference) -> JsonObject:
    return {
        "postgresql-ha": {"enabled": False},
        "postgresql": {
            "enabled": True,
            "global": {
                "postgresql": {
                    "auth": {
                        "database": _NAME,
                        "username": _NAME,
                        # The one of the chart would be in its configuration.
                        "password": "",
                        **existing_passwords(secrets.database),
                    }
                }
            },
            "primary": {"persistence": {"storageClass": storage_class.name}},
        },
    }


def _config(host: Host) -> JsonObject:
    return {
        "APP_NAME": "Gitea",
        "RUN_MODE": "prod",
        "server": {
            "DOMAIN": host,
            "HTTP_PORT": _HTTP,
            "ROOT_URL": f"https://{host}/",
            "SSH_DOMAIN": host,
            "SSH_PORT": _SSH,
            # The chart starts the server of its rootless image.
            "SSH_LISTEN_PORT": _SSH,
        },
        "session": {"PROVIDER": "db"},
        "cache": {"ADAPTER": "memory"},
        "queue": {"TYPE": "level"},
        "security": {"INSTALL_LOCK": True},
        "oauth2_client": {
            "REGISTER_EMAIL_CONFIRM": False,
            "ENABLE_AUTO_REGISTRATION": True,
            "USERNAME": "nickname",
            "UPDATE_AVATAR": True,
            "ACCOUNT_LINKING": "login",
        },
    }
