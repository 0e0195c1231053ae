"""A binary cache of Nix: Attic with its own PostgreSQL."""

from charts import catalogue
from charts.apps.nix_cache_keys import NixCacheKeys
from charts.infrastructure.bitnami_images import legacy_image
from charts.infrastructure.bitnami_postgres import (
    PASSWORD,
    PORT,
    claim,
    existing_passwords,
    postgres_passwords,
)
from charts.resource_request import bounded
from kubestrata import (
    Cluster,
    Component,
    Duration,
    Image,
    JsonObject,
    Quantity,
    Reconcile,
    Reference,
)
from kubestrata.constructs import (
    Container,
    HelmRelease,
    PodSecurity,
    PodSettings,
    Probe,
    Probes,
    Resources,
    Rollout,
    Scaling,
    SecretReference,
    Volume,
    Workload,
)
from kubestrata.constructs.secret import SecretTemplate
from kubestrata.constructs.traffic import Ingress, NginxSettings

_NAME = "attic"
_DATABASE = f"{_NAME}-postgresql"
_TIMEOUT = Duration("10m")
_PORT, _USER = 8080, 1000
_URL = "url"
_TEMPORARY = "/tmp"  # noqa: S108  # a volume of the pod
_SETTINGS = "/config/server.toml"
# The database and the key of tokens are variables.
_TOML = f"""\
listen = "[::]:{_PORT}"

[storage]
type = "local"
path = "/cache"

[database]

[compression]
type = "zstd"

[chunking]
nar-size-threshold = 65536
min-size = 16384
avg-size = 65536
max-size = 262144

[garbage-collection]
interval = "12 hours"
"""


class Attic(Component):
    """Attic at `cache` in the domain: one pod, and volumes for its data and the cache.

    Clients trust the keys of `keys`, which outlive the cluster.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        image: Image,
        keys: NixCacheKeys,
        storage_class: Reference,
    ) -> None:
        super().__init__(
            scope,
            "nix-cache",
            layer="tooling",
            namespace=namespace,
            reconcile=Reconcile(timeout=Duration("15m")),
        )
        database = self._database(storage_class)
        server = Workload(
            self,
            _NAME,
            image=image,
            container=_container(keys, database),
            pod=PodSettings(
                security=PodSecurity(user=_USER, group=_USER, volume_group=_USER),
                volumes={
                    "data": Volume.claim("10Gi", storage_class.name),
                    "cache": Volume.claim("100Gi", storage_class.name),
                    "signing-key": Volume.secret(keys.signing.name),
                },
                annotations={"reloader.stakater.com/auto": "true"},
            ),
            rollout=Rollout.recreate(),
            scaling=Scaling.fixed(1),
        )
        Ingress.at(
            self,
            _NAME,
            label="cache",
            to=server.service,
            visibility="public",
            settings=NginxSettings(body_size="500m"),
        )

    def _database(self, storage_class: Reference) -> SecretReference:
        """Add PostgreSQL; return the Secret with its passwords and its URL."""
        login = f"{_NAME}:{{{{ .{PASSWORD} }}}}"
        url = f"postgresql://{login}@{_DATABASE}:{PORT}/{_NAME}"
        secret = postgres_passwords(
            self,
            f"{_DATABASE}-passwords",
            template=SecretTemplate({_URL: url}, keeps="all"),
        )
        HelmRelease(
            self,
            _DATABASE,
            chart=catalogue.POSTGRESQL,
            values=_database_values(secret, storage_class),
            timeout=_TIMEOUT,
        )
        return secret


def _database_values(secret: SecretReference, storage_class: Reference) -> JsonObject:
    return {
        **legacy_image("postgresql"),
        "auth": {
            "database": _NAME,
            "username": _NAME,
            **existing_passwords(secret),
        },
        "primary": {
            "persistence": claim("8Gi", storage_class),
            "resources": bounded("100m", "256Mi", "500m", "512Mi"),
        },
    }


def _container(keys: NixCacheKeys, database: SecretReference) -> Container:
    return Container(
        port=None,
        ports={"attic": _PORT},
        args=["-f", _SETTINGS, "--mode", "monolithic"],
        env={
            "ATTIC_SERVER_DATABASE_URL": database.key(_URL),
            "ATTIC_SERVER_TOKEN_HS256_SECRET_BASE64": keys.token.key("jwt-token"),
        },
        files={_SETTINGS: _TOML},
        mounts={"/data": "data", "/cache": "cache", "/var/lib/secrets": "signing-key"},
        writable={_TEMPORARY: Quantity("1Gi")},
        probes=Probes(
            liveness=Probe(path="/", port="attic", initial_delay_seconds=10, period_seconds=30),
            readiness=Probe(path="/", port="attic", initial_delay_seconds=5, period_seconds=10),
        ),
        resources=Resources.of("100m", "256Mi", "1000m", "1Gi", ephemeral_storage="1280Mi"),
    )
