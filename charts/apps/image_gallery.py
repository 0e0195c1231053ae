"""The complete app, with every feature of a workload."""

from pathlib import Path

from kubestrata import Cluster, Component, Duration, Image, Quantity, Reference
from kubestrata.constructs import (
    Availability,
    Container,
    Dependencies,
    Exposure,
    Resources,
    Scaling,
    Workload,
    WorkloadBucket,
    WorkloadDeclaration,
    WorkloadMonitoring,
)
from kubestrata.constructs.data import PostgresSpec, ValkeySpec
from kubestrata.constructs.observability import Alert
from kubestrata.constructs.workload import StoreValue

_DASHBOARD = Path(__file__).with_name("dashboards") / "image-gallery.json"

_FAILING = Alert(
    name="ImageGalleryFailing",
    expression=(
        'sum(rate(http_requests_total{namespace="apps",container="image-gallery",code=~"5.."}[5m]))'
        ' / sum(rate(http_requests_total{namespace="apps",container="image-gallery"}[5m])) > 0.05'
    ),
    for_=Duration("10m"),
    severity="warning",
    summary="More than one in twenty requests of the image gallery fails.",
)

DECLARATION = WorkloadDeclaration(
    image=Image("ghcr.io/ogenki/image-gallery:1.4.0"),
    container=Container(
        ports={"metrics": 9090},
        config={"LOG_FORMAT": "json", "LOG_LEVEL": "info", "MAX_UPLOAD_BYTES": "20971520"},
        env_from_store={
            "SESSION_KEY": StoreValue(path="apps/image-gallery", property="session-key")
        },
        # Uploads are resized here before they are stored in the bucket.
        writable={"/tmp": Quantity("256Mi")},  # noqa: S108  # in the container
        resources=Resources(
            cpu=Quantity("100m"), memory=Quantity("256Mi"), ephemeral_storage=Quantity("512Mi")
        ),
    ),
    scaling=Scaling(min=2, max=10, cpu=75),
    availability=Availability(max_unavailable=1),
    route=Exposure(visibility="public", host="gallery"),
    dependencies=Dependencies(
        postgres=PostgresSpec(database="gallery", owner="gallery", storage=Quantity("20Gi")),
        valkey=ValkeySpec(storage=None),
        bucket=WorkloadBucket(),
    ),
    monitoring=WorkloadMonitoring(
        port="metrics", alerts=[_FAILING], dashboards={"overview": _DASHBOARD}
    ),
)


class ImageGallery(Component):
    """Pictures in a bucket, their metadata in PostgreSQL, sessions in Valkey."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, "image-gallery", layer="apps", namespace=namespace)
        Workload.of(self, "image-gallery", DECLARATION)
