"""The complete app, with every feature of a workload."""

from pathlib import Path

from charts import container_image
from kubestrata import Cluster, Component, Duration, Image, Quantity, Reference
from kubestrata.constructs import (
    Availability,
    Container,
    Dependencies,
    Exposure,
    Flow,
    Resources,
    Scaling,
    Workload,
    WorkloadBucket,
    WorkloadDeclaration,
    WorkloadMonitoring,
)
from kubestrata.constructs.data import (
    CnpgSchedule,
    PerformanceInsights,
    PostgresBackup,
    PostgresRole,
    PostgresSpec,
    SchemaMigration,
    ValkeySpec,
)
from kubestrata.constructs.network import ServiceEndpoint
from kubestrata.constructs.observability import Alert
from kubestrata.constructs.workload import EnvironmentSource, StoreEntry, Telemetry

_NAME, _VERSION = "image-gallery", "1.7.7"
_OWNER, _SETTINGS = f"{_NAME}-app", f"{_NAME}-app-config"
_DASHBOARD = Path(__file__).with_name("dashboards") / "image-gallery.json"

_PODS = 'namespace="apps",container="xplane-image-gallery"'
_ALERTS = [
    Alert(
        name="HighHTTPErrorRate",
        expression=(
            f'sum(rate(http_requests_total{{{_PODS},code=~"5.."}}[5m]))'
            f" / sum(rate(http_requests_total{{{_PODS}}}[5m])) > 0.05"
        ),
        for_=Duration("2m"),
        severity="warning",
        summary="More than one in twenty requests of the image gallery fails.",
    ),
    Alert(
        name="HighHTTPLatency",
        expression=(
            "histogram_quantile(0.95, sum by (le) "
            f"(rate(http_request_duration_seconds_bucket{{{_PODS}}}[5m]))) > 1"
        ),
        for_=Duration("5m"),
        severity="warning",
        summary="One in twenty requests of the image gallery takes over a second.",
    ),
]

# The kubelet expands the variables of the dependencies.
_ENVIRONMENT = {
    "CACHE_ADDRESS": "$(VALKEY_HOST):$(VALKEY_PORT)",
    "CACHE_ENABLED": "true",
    "CACHE_PASSWORD": "$(VALKEY_PASSWORD)",
    "GO_ENV": "production",
    "LOG_FORMAT": "json",
    "LOG_LEVEL": "info",
    "PORT": "8080",
    "STORAGE_BUCKET": "$(BUCKET_NAME)",
    "STORAGE_ENDPOINT": "s3.$(AWS_REGION).amazonaws.com",
    "STORAGE_REGION": "$(AWS_REGION)",
    "STORAGE_USE_SSL": "true",
}
_MIGRATION = SchemaMigration(
    url="https://github.com/Smana/image-gallery",
    ref=f"v{_VERSION}",
    path="./internal/platform/database/migrations",
    config_map="atlas-db-migrations",
)


def _declaration() -> WorkloadDeclaration:
    return WorkloadDeclaration(
        image=Image(f"ghcr.io/smana/image-gallery:{_VERSION}"),
        container=Container(
            env=_ENVIRONMENT,
            secrets_from_store={_SETTINGS: StoreEntry(path="apps/image-gallery/config")},
            env_from=[EnvironmentSource(secret=_SETTINGS, optional=True)],
            telemetry=Telemetry(traces=True, metrics=True, sampling_rate=0.2),
            # Uploads are resized here before they are stored in the bucket.
            writable={"/tmp": Quantity("256Mi")},  # noqa: S108  # in the container
            resources=Resources(
                cpu=Quantity("500m"),
                memory=Quantity("512Mi"),
                memory_limit=Quantity("1Gi"),
                ephemeral_storage=Quantity("512Mi"),
            ),
        ),
        scaling=Scaling(min=2, max=10, cpu=60),
        availability=Availability(min_available=1),
        route=Exposure(visibility="private", host=_NAME),
        dependencies=Dependencies(
            postgres=PostgresSpec(
                image=container_image.POSTGRES_18,
                database=_NAME,
                owner=_OWNER,
                roles=[PostgresRole(name=_OWNER, in_roles=["pg_monitor"])],
                storage=Quantity("20Gi"),
                storage_class="gp3",
                insights=PerformanceInsights(),
                backup=PostgresBackup(schedule=CnpgSchedule("0 0 2 * * *"), retention="30d"),
                migration=_MIGRATION,
            ),
            valkey=ValkeySpec(storage=None),
            bucket=WorkloadBucket(),
        ),
        monitoring=WorkloadMonitoring(alerts=_ALERTS, dashboards={"overview": _DASHBOARD}),
    )


class ImageGallery(Component):
    """Pictures in a bucket, their metadata in PostgreSQL, a cache in Valkey.

    It sends metrics to `metrics` and traces to `traces`.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        metrics: ServiceEndpoint,
        traces: ServiceEndpoint,
    ) -> None:
        super().__init__(scope, _NAME, layer="apps", namespace=namespace)
        self.app = app = Workload.of(self, f"xplane-{_NAME}", _declaration())
        app.connect_to(metrics.endpoint, traces.endpoint)
        app.allow(Flow.to_internet(80, 443))
