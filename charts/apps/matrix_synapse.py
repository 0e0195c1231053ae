"""A homeserver of Matrix: Synapse with its own PostgreSQL and Redis, and single sign-on."""

from charts import catalogue
from charts.infrastructure import bitnami_postgres
from charts.infrastructure.bitnami_postgres import claim, existing_passwords, postgres_passwords
from charts.infrastructure.trusted_bundle import TrustedBundle
from charts.resource_request import bounded
from kubestrata import (
    Cluster,
    Component,
    Duration,
    Host,
    Image,
    JsonObject,
    Reconcile,
    Reference,
)
from kubestrata.constructs import Flow, HelmRelease, ValuesFrom
from kubestrata.constructs.identity import (
    ClientSecret,
    OidcApplication,
    OidcLogin,
    SingleSignOn,
)
from kubestrata.constructs.secret import GeneratedPassword, PasswordFormat
from kubestrata.constructs.traffic import (
    Ingress,
    Ingresses,
    IngressPath,
    IngressRule,
    NginxSettings,
)

_NAME = "matrix-synapse"
_IMAGE = Image("docker.io/matrixdotorg/synapse:v1.120.2")
_PORT, _REDIS = 8008, 6379
_TIMEOUT = Duration("10m")
_DATABASE = "synapse"
_REDIS_PASSWORD = "redis-password"  # noqa: S105  # a key
_SECRET = PasswordFormat(length=32, digits=10)
# The client's secret as a file of the pod.
_CLIENT, _CLIENT_FOLDER = "oidc-client", "/synapse/oidc"


class MatrixSecrets(Component):
    """Secrets that exist before Synapse: generated once, and its client at the login provider."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, "matrix-secrets", layer="apps", namespace=namespace)
        self.host = scope.host("matrix")
        self.registration = self._generated("registration")
        self.macaroon = self._generated("macaroon")
        self.database = postgres_passwords(self, f"{_NAME}-postgresql-passwords")
        self.cache = GeneratedPassword(
            self, f"{_NAME}-redis-password", keys=[_REDIS_PASSWORD]
        ).secret
        matrix = OidcApplication(
            id="matrix",
            redirects=[f"https://{self.host}/_synapse/client/oidc/callback"],
            scopes=["profile", "email"],
        )
        self.login = SingleSignOn(
            self, matrix, secret=ClientSecret(name="matrix-oauth-client-secret")
        ).login

    def _generated(self, what: str) -> ValuesFrom:
        """Return a secret that the chart writes into the configuration."""
        name = f"{_DATABASE}-{what}-secret"
        secret = GeneratedPassword(
            self, name, keys=["secret"], format=_SECRET, generator_name=f"{name}-generator"
        ).secret
        return ValuesFrom.secret(secret.key("secret"), path=f"config.{_PATHS[what]}")


_PATHS = {"registration": "registrationSharedSecret", "macaroon": "macaroonSecretKey"}


class MatrixSynapse(Component):
    """Synapse at `matrix` for the server name that is the cluster's domain.

    `kubectl` is an image with kubectl and a shell, which stores the generated signing key.
    `trusted` has the certificates of the login provider.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        secrets: MatrixSecrets,
        storage_class: Reference,
        trusted: TrustedBundle,
        kubectl: Image,
    ) -> None:
        super().__init__(
            scope,
            "matrix",
            layer="apps",
            namespace=secrets.home_namespace,
            reconcile=Reconcile(timeout=Duration("15m")),
        )
        release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.MATRIX_SYNAPSE,
            timeout=_TIMEOUT,
            values_from=[secrets.registration, secrets.macaroon],
            values={
                "serverName": scope.domain,
                "publicServerName": secrets.host,
                "image": _image(_IMAGE),
                "signingkey": {
                    "job": {"generateImage": _image(_IMAGE), "publishImage": _image(kubectl)}
                },
                "config": {"reportStats": False, "enableRegistration": False},
                "extraConfig": {
                    # Other servers ask the server's name for the way, and only 443 is public.
                    "serve_server_wellknown": True,
                    "oidc_providers": [_oidc(secrets.login)],
                },
                "synapse": _synapse(secrets.login, trusted),
                "ingress": {"enabled": False},
                "persistence": claim("20Gi", storage_class),
                "postgresql": _postgres(secrets, storage_class),
                "redis": {
                    "auth": {"enabled": True, "existingSecret": secrets.cache.name},
                    "master": {"resources": bounded("50m", "64Mi", "200m", "128Mi")},
                },
            },
        )
        inside = (bitnami_postgres.PORT, _REDIS)
        release.allow(Flow.to_pods(release.pods, *inside), Flow.from_pods(release.pods, *inside))
        self.service = release.service(_NAME, _PORT)
        self._expose(secrets.host)

    def _expose(self, host: Host) -> None:
        """Add the host of clients, and the server's name, by which other servers find it."""
        matrix = IngressPath.prefix("/_matrix", self.service)
        clients = [matrix, IngressPath.prefix("/_synapse", self.service)]
        servers = [matrix, IngressPath.prefix("/.well-known/matrix", self.service)]
        Ingress(
            self,
            _NAME,
            controller=self.cluster.ask(Ingresses).with_visibility("public"),
            rules=[
                IngressRule.of(host, paths=clients),
                IngressRule.of(self.cluster.domain, paths=servers),
            ],
            settings=NginxSettings(body_size="50m"),
        )


def _image(image: Image) -> JsonObject:
    return {"repository": image.repository, "tag": image.tag}


def _synapse(login: OidcLogin, trusted: TrustedBundle) -> JsonObject:
    client: JsonObject = {"secretName": login.secret.name}
    return {
        "strategy": {"type": "Recreate"},
        "resources": bounded("200m", "512Mi", "1000m", "2Gi"),
        "extraEnv": [trusted.variable],
        "extraVolumes": [trusted.volume, {"name": _CLIENT, "secret": client}],
        "extraVolumeMounts": [
            trusted.mount,
            {"name": _CLIENT, "mountPath": _CLIENT_FOLDER, "readOnly": True},
        ],
    }


def _oidc(login: OidcLogin) -> JsonObject:
    return {
        "idp_id": "authentik",
        "idp_name": "Authentik SSO",
        "discover": True,
        "issuer": login.issuer,
        "client_id": login.client_id,
        "client_secret_path": f"{_CLIENT_FOLDER}/{login.password.key}",
        "scopes": login.application.all_scopes,
        "allow_existing_users": True,
        "enable_registration": True,
        "user_mapping_provider": {
            "config": {
                "localpart_template": "{{ user.preferred_username }}",
                "display_name_template": "{{ user.name }}",
                "email_template": "{{ user.email }}",
            }
        },
    }


def _postgres(secrets: MatrixSecrets, storage_class: Reference) -> JsonObject:
    return {
        "auth": {
            "username": _DATABASE,
            "database": _DATABASE,
            **existing_passwords(secrets.database),
        },
        "primary": {
            "extendedConfiguration": "max_connections = 200\nshared_buffers = 256MB\n",
            "initdb": {"args": "--locale=C --encoding=UTF8"},
            "persistence": claim("10Gi", storage_class),
        },
    }
