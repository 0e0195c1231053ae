"""The container registry."""

from charts import catalogue
from charts.tooling import harbor_value
from charts.tooling.harbor_pods import VULNERABILITIES, HarborPods
from charts.tooling.harbor_secrets import HarborSecrets
from charts.tooling.harbor_storage import HarborStorage
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

_NAME = "harbor"
# The release waits for the database, the bucket and the user.
_TIMEOUT = Duration("15m")
_DATABASE = PostgresSpec(
    image=catalogue.POSTGRES_17,
    instances=1,
    database="registry",
    owner=_NAME,
    storage=Quantity("20Gi"),
    storage_class="gp3",
    backup=PostgresBackup(schedule=CnpgSchedule("0 0 1 * * *"), retention="15d"),
)


class Harbor(Component):
    """Harbor at `harbor` in the private domain, with a database, a cache and a bucket for images.

    `secrets` are of an earlier component: the chart reads one of them while it is rendered.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, secrets: HarborSecrets) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="tooling",
            namespace=namespace,
            reconcile=Reconcile(timeout=_TIMEOUT),
        )
        self._storage = HarborStorage(self)
        self._database = Postgres(self, f"xplane-{_NAME}", spec=_DATABASE)
        self._cache = self._valkey(secrets)
        self.release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.HARBOR,
            values={
                **harbor_value.exposed_at(
                    scope.ask(Gateways).with_visibility("private").domain.sub(_NAME)
                ),
                **harbor_value.parts(
                    secrets.administrator,
                    secret_key=secrets.secret_key,
                    internal=secrets.internal,
                    access=self._storage.user.credentials,
                ),
                **harbor_value.images(self._storage.bucket),
                **harbor_value.state(self._database, self._cache),
            },
            timeout=_TIMEOUT,
        )
        pods = HarborPods(self, self.release)
        self._allow(pods, self._storage.bucket)
        self.route = Route.at(self, _NAME, label=_NAME, to=pods.way_in)
        if scope.find(Monitoring) is not None:
            pods.scrape()

    def _valkey(self, secrets: HarborSecrets) -> Valkey:
        password = secrets.cache
        return Valkey(
            self,
            f"{_NAME}-valkey",
            chart=catalogue.VALKEY,
            password=password.key(harbor_value.CACHE_KEY),
            spec=ValkeySpec(memory=Quantity("256Mi"), storage=Quantity("8Gi")),
        )

    def _allow(self, pods: HarborPods, bucket: S3Bucket) -> None:
        pods.allow_inside().connect_to(self._database, self._cache)
        hosts = BucketLocation.of(bucket).hosts
        self.release.allow(Flow.to_hosts(*hosts), pods=pods.part("registry").pods)
        self.release.allow(Flow.to_hosts(*VULNERABILITIES), pods=pods.part("trivy").pods)
