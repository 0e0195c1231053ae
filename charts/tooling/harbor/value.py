"""Values of Harbor's chart, by topic."""

from charts.resource_request import resources
from charts.tooling.harbor.secret import REGISTRY_USER, existing_secrets
from charts.variable import secret_variable
from kubestrata import Host, JsonObject, Reference
from kubestrata.constructs import SecretKey, SecretReference
from kubestrata.constructs.cloud import S3Bucket
from kubestrata.constructs.data import Postgres, Valkey

# A key that the chart requires (source: its values).
CACHE_KEY = "REDIS_PASSWORD"


def exposed_at(host: Host) -> JsonObject:
    """Return values for a Service behind the gateway, which terminates TLS."""
    return {
        "externalURL": f"https://{host}",
        "expose": {"type": "clusterIP", "tls": {"enabled": False}},
        "nginx": {"replicas": 2, "resources": _small("64Mi")},
        "portal": {"replicas": 2, "resources": _small("64Mi")},
    }


def parts(
    administrator: SecretKey,
    *,
    secret_key: SecretReference,
    internal: SecretReference,
    access: SecretReference,
) -> JsonObject:
    """Return values of Harbor's own services, and of their shared secrets."""
    storage = [
        secret_variable("REGISTRY_STORAGE_S3_ACCESSKEY", access.key("username")),
        secret_variable("REGISTRY_STORAGE_S3_SECRETKEY", access.key("password")),
    ]
    return {
        **existing_secrets(administrator, secret_key),
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


def claim(size: str, storage_class: Reference) -> JsonObject:
    """Return the claim of a service's volume."""
    return {"storageClass": storage_class.name, "size": size}


def _small(memory: str) -> JsonObject:
    return resources("20m", memory, memory)
