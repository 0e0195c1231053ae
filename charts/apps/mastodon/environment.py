"""Environment of Mastodon's parts: each variable once, in groups that several parts share."""

from collections.abc import Mapping, Sequence
from typing import Literal

from charts.apps.mastodon.database import DATABASE, MastodonDatabase
from charts.apps.mastodon.redis import MastodonRedis
from charts.apps.mastodon.search import MastodonSearch
from kubestrata import Component, Construct, Frozen, Host, ServiceReference
from kubestrata.constructs import SecretReference
from kubestrata.constructs.config import ConfigFiles, FileContent
from kubestrata.constructs.workload import EnvironmentSource

Group = Literal[
    "core",
    "database",
    "redis",
    "search",
    "features",
    "external-services",
    "web",
    "sidekiq",
    "streaming",
]
Variables = Mapping[str, str]

AUTHORITY_FOLDER = "/etc/ssl/certs/postgresql"
AUTHORITY = f"{AUTHORITY_FOLDER}/ca.crt"
SEARCH_AUTHORITY = "/opt/mastodon/.elasticsearch/ca.crt"
EXPORTER_PORT, WEB_PORT, STREAMING_PORT = 9394, 3000, 4000
_OUTSIDE_OF_PROXIES = (
    "localhost,127.0.0.1,.svc,.cluster.local,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"
)


class MastodonServices(Frozen, kw_only=True):
    """Everything that Mastodon's pods use: data services, Secrets, and the proxy to Tor.

    `secrets` have the variables of the application, `login` those of the database.
    """

    database: MastodonDatabase
    redis: MastodonRedis
    search: MastodonSearch
    secrets: SecretReference
    login: SecretReference
    tor: ServiceReference

    @property
    def components(self) -> tuple[Component, ...]:
        """Return the components that must run before any pod of Mastodon."""
        return self.database, self.redis, self.search


class MastodonSite(Frozen):
    """The domain of the server, the host of uploaded media, and the host in Tor."""

    domain: Host
    media: Host
    onion: str


def variables(services: MastodonServices, site: MastodonSite) -> Mapping[Group, Variables]:
    """Return the variables of each group."""
    return {
        "core": {
            **_PROCESS,
            "MASTODON_PROMETHEUS_EXPORTER_ENABLED": "true",
            # Each process serves its own metrics; without this nothing listens.
            "MASTODON_PROMETHEUS_EXPORTER_LOCAL": "true",
            "MASTODON_PROMETHEUS_EXPORTER_HOST": "0.0.0.0",  # noqa: S104  # behind policies
            "MASTODON_PROMETHEUS_EXPORTER_PORT": str(EXPORTER_PORT),
            "ALLOW_ACCESS_TO_HIDDEN_SERVICE": "true",
            "ALTERNATE_DOMAINS": site.onion,
            "http_hidden_proxy": services.tor.url(),
            "NO_PROXY": _OUTSIDE_OF_PROXIES,
            "no_proxy": _OUTSIDE_OF_PROXIES,
        },
        "database": _database(services.database),
        "redis": _redis(services.redis.service),
        "search": {
            "ES_ENABLED": "true",
            "ES_HOST": services.search.url,
            "ES_PORT": "9200",
            "ES_USER": "elastic",
            "ES_PRESET": "single_node_cluster",
            "ES_SSL": "true",
            "ES_CA_FILE": SEARCH_AUTHORITY,
        },
        "features": _FEATURES,
        "external-services": {**_MAIL, **_storage(site.media)},
        "web": {
            "PORT": str(WEB_PORT),
            "BIND": "0.0.0.0",  # noqa: S104  # behind policies
            "RAILS_SERVE_STATIC_FILES": "true",
            "WEB_CONCURRENCY": "3",
            "MAX_THREADS": "5",
            "STREAMING_API_BASE_URL": f"wss://{site.domain}",
            # Requests by controller, which the dashboard shows.
            "MASTODON_PROMETHEUS_EXPORTER_WEB_DETAILED_METRICS": "true",
        },
        "sidekiq": {"SIDEKIQ_MEMORY_KILLER_MAX_RSS": "1000000"},
        "streaming": {
            "STREAMING_PORT": str(STREAMING_PORT),
            # Node.js does not read PGSSLROOTCERT.
            "NODE_EXTRA_CA_CERTS": AUTHORITY,
        },
    }


_PROCESS = {
    "RAILS_ENV": "production",
    "NODE_ENV": "production",
    "TZ": "Europe/Stockholm",
    "SINGLE_USER_MODE": "false",
    "MASTODON_USE_LIBVIPS": "true",
    "RAILS_LOG_TO_STDOUT": "true",
    # Connections are pooled by transaction.
    "PREPARED_STATEMENTS": "false",
}
_FEATURES = {
    "MAX_TOOT_CHARS": "1500",
    # Half a year, in seconds.
    "IP_RETENTION_PERIOD": "15552000",
    "DEFAULT_LOCALE": "en",
    "FORCE_DEFAULT_LOCALE": "true",
}
_MAIL = {
    "SMTP_DELIVERY_METHOD": "smtp",
    "SMTP_AUTH_METHOD": "login",
    "SMTP_SSL": "false",
    "SMTP_TLS": "false",
    "SMTP_ENABLE_STARTTLS_AUTO": "true",
    "SMTP_OPENSSL_VERIFY_MODE": "peer",
}


def _storage(media: Host) -> Variables:
    return {
        "S3_ENABLED": "true",
        "S3_BUCKET": "mastodata",
        "S3_ALIAS_HOST": media,
        "S3_PROTOCOL": "https",
        "S3_REGION": "auto",
        # R2 has no permissions of single objects.
        "S3_PERMISSION": "",
        "EXTRA_MEDIA_HOSTS": f"https://{media}",
    }


def _database(database: MastodonDatabase) -> Variables:
    return {
        "DB_HOST": database.pools["rw"].name,
        "DB_PORT": "5432",
        "DB_NAME": DATABASE,
        "DB_SSLMODE": "verify-ca",
        "PGSSLROOTCERT": AUTHORITY,
        "DB_POOL": "15",
        "REPLICA_DB_HOST": database.pools["ro"].name,
        "REPLICA_DB_PORT": "5432",
        "REPLICA_DB_NAME": DATABASE,
        "REPLICA_PREPARED_STATEMENTS": "false",
        "REPLICA_DB_TASKS": "false",
        "DATABASE_TIMEOUT": "60",
        "STREAMING_DATABASE_TIMEOUT": "10",
    }


_REDIS_URLS = (
    "REDIS_URL",
    "SIDEKIQ_REDIS_URL",
    "CACHE_REDIS_URL",
    "STREAMING_REDIS_URL",
    "QUERY_CACHE_REDIS_URL",
)


def _redis(redis: ServiceReference) -> Variables:
    urls = {
        name: redis.text(f"redis://{{name}}:{{port}}/{number}")
        for number, name in enumerate(_REDIS_URLS)
    }
    return {"REDIS_HOST": redis.name, "REDIS_PORT": str(redis.port), **urls}


class MastodonEnvironment(Construct):
    """A ConfigMap `mastodon-<group>-<hash>` of each group of variables."""

    def __init__(self, scope: Construct, services: MastodonServices, site: MastodonSite) -> None:
        super().__init__(scope, "environment")
        self._secrets = services.secrets, services.login
        self._config_maps = {
            group: ConfigFiles(
                self,
                f"mastodon-{group}",
                content=[FileContent.text(name, value) for name, value in values.items()],
            ).reference.name
            for group, values in variables(services, site).items()
        }

    def sources(self, groups: Sequence[Group]) -> list[EnvironmentSource]:
        """Return the Secrets and the ConfigMaps of some groups, in their order."""
        secrets = [EnvironmentSource(secret=each.name) for each in self._secrets]
        maps = [EnvironmentSource(config_map=self._config_maps[group]) for group in groups]
        return [*secrets, *maps]
