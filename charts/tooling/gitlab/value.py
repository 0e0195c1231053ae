"""Values of GitLab's chart, by topic."""

from charts.resource_request import bounded
from charts.tooling.gitlab.secret import GitLabSecrets
from charts.tooling.gitlab.store import BUCKETS, GitLabStores
from kubestrata import Host, JsonObject
from kubestrata.constructs import SecretKey

PROVIDER = "openid_connect"


def without_bundled() -> JsonObject:
    """Return values that leave out what runs elsewhere."""
    off: JsonObject = {"install": False}
    return {
        "installCertmanager": False,
        "nginx-ingress": {"enabled": False},
        "prometheus": off,
        "postgresql": off,
        "redis": off,
        "gitlab-runner": off,
        "gitlab-zoekt": off,
        "openbao": off,
    }


def shared(
    host: Host, registry: Host, *, domain: Host, stores: GitLabStores, secrets: GitLabSecrets
) -> JsonObject:
    """Return the values that all parts read; mail comes from an address of `domain`."""
    sender = f"gitlab@{domain}"
    return {
        "edition": "ce",
        "time_zone": "UTC",
        "hosts": {
            "https": True,
            "gitlab": {"name": host},
            "registry": {"name": registry},
        },
        # The Gateway terminates TLS: without `tls` the chart signs a certificate of its own.
        "ingress": {
            "enabled": False,
            "configureCertmanager": False,
            "tls": {"enabled": False},
        },
        "minio": {"enabled": False},
        "kas": {"enabled": False},
        "shell": {"port": 22},
        "email": {"from": sender, "reply_to": sender, "display_name": "GitLab"},
        "initialRootPassword": _secret(secrets.root),
        "psql": _database(stores, secrets.database),
        "redis": _cache(stores, secrets.cache),
        "registry": {"bucket": stores.objects.bucket("registry")},
        "appConfig": _application(stores, secrets),
    }


def _secret(key: SecretKey) -> JsonObject:
    return {"secret": key.name, "key": key.key}


def _database(stores: GitLabStores, password: SecretKey) -> JsonObject:
    return {
        "host": stores.pooler.host,
        "port": stores.pooler.port,
        "database": stores.database,
        "username": stores.database,
        "password": _secret(password),
        # The pooler gives a connection to another client after each transaction.
        "preparedStatements": False,
    }


def _cache(stores: GitLabStores, password: SecretKey) -> JsonObject:
    return {
        "host": stores.cache.host,
        "port": stores.cache.port,
        "auth": {"enabled": True, **_secret(password)},
    }


def _application(stores: GitLabStores, secrets: GitLabSecrets) -> JsonObject:
    buckets = {each: {"bucket": stores.objects.bucket(each)} for each in BUCKETS}
    return {
        "object_store": {
            "enabled": True,
            "proxy_download": True,
            "connection": _secret(secrets.rails),
        },
        **buckets,
        "omniauth": {
            "enabled": True,
            "allowSingleSignOn": [PROVIDER],
            "autoLinkUser": [PROVIDER],
            "blockAutoCreatedUsers": False,
            "syncProfileFromProvider": [PROVIDER],
            "syncProfileAttributes": ["name", "email"],
            "providers": [_secret(secrets.provider)],
        },
    }


def registry(secrets: GitLabSecrets) -> JsonObject:
    """Return the values of the container registry."""
    return {
        "enabled": True,
        "hpa": {"minReplicas": 1, "maxReplicas": 2},
        "resources": bounded("100m", "256Mi", "500m", "512Mi"),
        "storage": _secret(secrets.registry),
    }


def parts(stores: GitLabStores, secrets: GitLabSecrets) -> JsonObject:
    """Return the values of GitLab's own services."""
    small = bounded("100m", "128Mi", "500m", "256Mi")
    return {
        "webservice": {
            "minReplicas": 2,
            "maxReplicas": 2,
            "workerProcesses": 2,
            "resources": bounded("500m", "2Gi", "2", "4Gi"),
            "workhorse": {"resources": bounded("100m", "256Mi", "500m", "512Mi")},
        },
        "sidekiq": {"minReplicas": 1, "maxReplicas": 1},
        "gitaly": {
            "persistence": {"size": "50Gi", "storageClass": stores.storage_class.name},
            "resources": bounded("500m", "1Gi", "2", "2Gi"),
        },
        "gitlab-shell": {"resources": small},
        "toolbox": {
            "resources": bounded("100m", "256Mi", "500m", "512Mi"),
            "backups": {"objectStorage": {"config": _secret(secrets.backup)}},
        },
        "migrations": {"resources": bounded("250m", "512Mi", "1", "1Gi")},
    }
