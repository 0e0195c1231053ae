"""Harbor with a database and a cache beside it, and its images in a bucket of the cloud."""

from charts import catalogue, container_image
from charts.tooling.harbor import value
from charts.tooling.harbor.cloud_secrets import CloudHarborSecrets
from charts.tooling.harbor.pods import NAME, VULNERABILITIES, HarborPods
from charts.tooling.harbor.storage import HarborStorage
from kubestrata import Cluster, Component, Duration, Quantity, Reconcile, Reference
from kubestrata.constructs import Flow, Gateways, HelmRelease, Route
from kubestrata.constructs.cloud import S3Bucket
from kubestrata.constructs.data import (
    BucketLocation,
    CnpgSchedule,
    Postgres,
    PostgresBackup,
    PostgresSpec,
    Valkey,
    ValkeySpec,
)
from kubestrata.constructs.observability import Monitoring

# The release waits for the database, the bucket and the user.
_TIMEOUT = Duration("15m")
_DATABASE = PostgresSpec(
    image=container_image.POSTGRES_17,
    instances=1,
    database="registry",
    owner=NAME,
    storage=Quantity("20Gi"),
    storage_class="gp3",
    backup=PostgresBackup(schedule=CnpgSchedule("0 0 1 * * *"), retention="15d"),
)


class CloudHarbor(Component):
    """Harbor at `harbor` in the private domain, with a database, a cache and a bucket for images.

    `secrets` are of an earlier component: the chart reads one of them while it is rendered.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, secrets: CloudHarborSecrets
    ) -> None:
        super().__init__(
            scope,
            NAME,
            layer="tooling",
            namespace=namespace,
            reconcile=Reconcile(timeout=_TIMEOUT),
        )
        self._storage = HarborStorage(self)
        self._database = Postgres(self, f"xplane-{NAME}", spec=_DATABASE)
        self._cache = self._valkey(secrets)
        self.release = HelmRelease(
            self,
            NAME,
            chart=catalogue.HARBOR,
            values={
                **value.exposed_at(scope.ask(Gateways).with_visibility("private").domain.sub(NAME)),
                **value.parts(
                    secrets.administrator.key("password"),
                    secret_key=secrets.secret_key,
                    internal=secrets.internal,
                    access=self._storage.user.credentials,
                ),
                **value.images(self._storage.bucket),
                **value.state(self._database, self._cache),
            },
            timeout=_TIMEOUT,
        )
        pods = HarborPods(self, self.release)
        self._allow(pods, self._storage.bucket)
        self.route = Route.at(self, NAME, label=NAME, to=pods.way_in)
        if scope.find(Monitoring) is not None:
            pods.scrape()

    def _valkey(self, secrets: CloudHarborSecrets) -> Valkey:
        password = secrets.cache
        return Valkey(
            self,
            f"{NAME}-valkey",
            chart=catalogue.VALKEY,
            password=password.key(value.CACHE_KEY),
            spec=ValkeySpec(memory=Quantity("256Mi"), storage=Quantity("8Gi")),
        )

    def _allow(self, pods: HarborPods, bucket: S3Bucket) -> None:
        pods.allow_inside().connect_to(self._database, self._cache)
        hosts = BucketLocation.of(bucket).hosts
        self.release.allow(Flow.to_hosts(*hosts), pods=pods.part("registry").pods)
        self.release.allow(Flow.to_hosts(*VULNERABILITIES), pods=pods.part("trivy").pods)
