"""Values of Harbor's chart, by topic."""

from charts.resource_request import resources
from kubestrata import Host, JsonObject
from kubestrata.constructs import SecretKey, SecretReference
from kubestrata.constructs.cloud import S3Bucket
from kubestrata.constructs.data import Postgres, Valkey

# Key names that the chart requires (source: its values).
CACHE_KEY = "REDIS_PASSWORD"
INTERNAL_KEYS = [
    "CSRF_KEY",
    "JOBSERVICE_SECRET",
    "REGISTRY_HTTP_SECRET",
    "REGISTRY_PASSWD",
    "secret",
]
REGISTRY_USER = "harbor_registry_user"


def exposed_at(host: Host) -> JsonObject:
    """Return values for a Service behind the gateway, which terminates TLS."""
    return {
        "externalURL": f"https://{host}",
        "expose": {"type": "clusterIP", "tls": {"enabled": False}},
        "nginx": {"replicas": 2, "resources": _small("64Mi")},
        "portal": {"replicas": 2, "resources": _small("64Mi")},
    }


def parts(
    administrator: SecretReference,
    *,
    secret_key: SecretReference,
    internal: SecretReference,
    access: SecretReference,
) -> JsonObject:
    """Return values of Harbor's own services, and of their shared secrets."""
    storage = [
        variable("REGISTRY_STORAGE_S3_ACCESSKEY", access.key("username")),
        variable("REGISTRY_STORAGE_S3_SECRETKEY", access.key("password")),
    ]
    return {
        "existingSecretAdminPassword": administrator.name,
        "existingSecretAdminPasswordKey": administrator.key("password").key,
        "existingSecretSecretKey": secret_key.name,
        "core": {
            "replicas": 2,
            "existingSecret": internal.name,
            "existingXsrfSecret": internal.name,
            "resources": _small("256Mi"),
        },
        # Job logs go to the database: a file needs a volume, which limits the service to one pod.
        "jobservice": {
            "existingSecret": internal.name,
            "jobLoggers": ["database"],
            "resources": _small("256Mi"),
        },
        "registry": {
            "replicas": 2,
            "existingSecret": internal.name,
            "credentials": {"username": REGISTRY_USER, "existingSecret": internal.name},
            "registry": {"extraEnvVars": storage, "resources": _small("256Mi")},
            "controller": {"extraEnvVars": storage, "resources": _small("128Mi")},
        },
        "trivy": {"enabled": True, "resources": _small("1Gi")},
        "exporter": {"resources": _small("64Mi")},
        "metrics": {"enabled": True},
    }


def images(bucket: S3Bucket) -> JsonObject:
    """Return values for images in a bucket; the pods get its key as variables."""
    return {
        "persistence": {
            "enabled": True,
            "imageChartStorage": {
                "type": "s3",
                "s3": {"region": bucket.region, "bucket": bucket.ready.text(bucket.name)},
            },
        }
    }


def state(database: Postgres, cache: Valkey) -> JsonObject:
    """Return values for an external database and cache."""
    credentials = database.credentials
    credentials.key("password")
    return {
        "database": {
            "type": "external",
            "external": {
                "host": database.service.host,
                "port": str(database.service.port),
                "username": database.spec.owner,
                "coreDatabase": database.spec.database,
                "existingSecret": credentials.name,
                "sslmode": "require",
            },
        },
        "redis": {
            "type": "external",
            "external": {
                "addr": cache.service.text("{host}:{port}"),
                "existingSecret": cache.credentials.name,
            },
        },
    }


def variable(name: str, key: SecretKey) -> JsonObject:
    """Return a variable of a container with the value of a key."""
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": key.name, "key": key.key}}}


def _small(memory: str) -> JsonObject:
    return resources("20m", memory, memory)
