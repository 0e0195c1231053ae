"""The complete app, with every feature of a workload."""

from collections.abc import Mapping
from pathlib import Path

from charts import catalogue
from kubestrata import Cluster, Component, Duration, Image, Quantity, Reference, ServiceReference
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
from kubestrata.constructs.data import PostgresSpec, SchemaMigration, ValkeySpec
from kubestrata.constructs.network import ServiceEndpoint
from kubestrata.constructs.observability import Alert

_NAME, _VERSION = "image-gallery", "1.7.7"
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


def _declaration(telemetry: Mapping[str, str]) -> WorkloadDeclaration:
    return WorkloadDeclaration(
        image=Image(f"ghcr.io/smana/image-gallery:{_VERSION}"),
        container=Container(
            env={**_ENVIRONMENT, **telemetry},
            # Uploads are resized here before they are stored in the bucket.
            writable={"/tmp": Quantity("256Mi")},  # noqa: S108  # in the container
            resources=Resources(
                cpu=Quantity("500m"), memory=Quantity("1Gi"), ephemeral_storage=Quantity("512Mi")
            ),
        ),
        scaling=Scaling(min=2, max=10, cpu=60),
        availability=Availability(min_available=1),
        route=Exposure(visibility="private", host=_NAME),
        dependencies=Dependencies(
            postgres=PostgresSpec(
                image=catalogue.POSTGRES_18,
                database="image_gallery",
                owner="image_gallery_app",
                storage=Quantity("20Gi"),
                migration=_MIGRATION,
            ),
            valkey=ValkeySpec(storage=None),
            bucket=WorkloadBucket(),
        ),
        monitoring=WorkloadMonitoring(alerts=_ALERTS, dashboards={"overview": _DASHBOARD}),
    )


def _telemetry(
    cluster: Cluster, metrics: ServiceReference, traces: ServiceReference
) -> dict[str, str]:
    """Return the variables of OpenTelemetry's SDK."""
    return {
        "OTEL_DEPLOYMENT_ENVIRONMENT": cluster.placeholder("environment"),
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": metrics.url("/opentelemetry/v1/metrics"),
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": traces.url("/insert/opentelemetry/v1/traces"),
        "OTEL_METRICS_ENABLED": "true",
        "OTEL_SERVICE_VERSION": _VERSION,
        "OTEL_SERVICE_NAME": f"xplane-{_NAME}",
        "OTEL_TRACES_ENABLED": "true",
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
        "OTEL_TRACES_SAMPLER_ARG": "0.2",
    }


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
        declaration = _declaration(_telemetry(scope, metrics, traces))
        self.app = app = Workload.of(self, f"xplane-{_NAME}", declaration)
        app.connect_to(metrics.endpoint, traces.endpoint)
        app.allow(Flow.to_internet(80, 443))
