"""The container registry."""

from charts import catalogue
from charts.tooling import harbor_value
from charts.tooling.harbor_secrets import HarborSecrets
from charts.tooling.harbor_storage import HarborStorage
from kubestrata import Cluster, Component, Duration, Quantity, Reconcile, Reference
from kubestrata.constructs import (
    Endpoint,
    Flow,
    Gateways,
    HelmRelease,
    Pods,
    Route,
)
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
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.observability import Monitoring, Scrape

_NAME = "harbor"
# The release waits for the database, the bucket and the user.
_TIMEOUT = Duration("15m")
_LABELS = {"app": _NAME, "release": _NAME}
# Ports of the registry, of the other HTTP services, and of their metrics.
_PORTS = (5000, 8080, 8001)
_METRICS = 8001
_DATABASE = PostgresSpec(
    image=catalogue.POSTGRES_17,
    instances=1,
    database="registry",
    owner=_NAME,
    storage=Quantity("20Gi"),
    storage_class="gp3",
    backup=PostgresBackup(schedule=CnpgSchedule("0 0 1 * * *"), retention="15d"),
)
# Hosts of Trivy's vulnerability database, and of its redirects.
_VULNERABILITIES = (
    "ghcr.io",
    "mirror.gcr.io",
    "pkg-containers.githubusercontent.com",
    "storage.googleapis.com",
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
        self._allow(self._storage.bucket)
        way_in = self._endpoint(8080, component="nginx")
        service = self.release.service(_NAME, 80)
        self.route = Route.at(self, _NAME, label=_NAME, to=way_in.behind(service))
        if scope.find(Monitoring) is not None:
            self._scrape()

    def _valkey(self, secrets: HarborSecrets) -> Valkey:
        password = secrets.cache
        return Valkey(
            self,
            f"{_NAME}-valkey",
            chart=catalogue.VALKEY,
            password=password.key(harbor_value.CACHE_KEY),
            spec=ValkeySpec(memory=Quantity("256Mi"), storage=Quantity("8Gi")),
        )

    def _endpoint(self, *ports: int, component: str | None = None) -> Endpoint:
        """Return pods of the chart, not all of which have the usual labels."""
        labels = {**_LABELS, "component": component} if component else _LABELS
        name = f"{_NAME}-{component}" if component else _NAME
        pods = Pods(name, self.release.pods.namespace, labels)
        numbers = tuple(NetworkPort(port) for port in ports)
        return Endpoint(pods, numbers, self, self.release.resource.ref)

    def _allow(self, bucket: S3Bucket) -> None:
        every = self._endpoint(*_PORTS)
        inside = [Flow.to_pods(every.pods, *_PORTS), Flow.from_pods(every.pods, *_PORTS)]
        self.release.allow(*inside, pods=every.pods)
        every.connect_to(self._database, self._cache)
        hosts = BucketLocation.of(bucket).hosts
        self.release.allow(Flow.to_hosts(*hosts), pods=self._endpoint(component="registry").pods)
        self.release.allow(
            Flow.to_hosts(*_VULNERABILITIES), pods=self._endpoint(component="trivy").pods
        )

    def _scrape(self) -> None:
        Scrape(
            self,
            _NAME,
            pods=self._endpoint().pods,
            port="http-metrics",
            service_labels=_LABELS,
            pod_port=_METRICS,
        )
