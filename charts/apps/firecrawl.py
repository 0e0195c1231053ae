"""A crawler of web pages: an API, its workers, a browser, a queue and a cache."""

from collections.abc import Mapping

from msgspec import field

from kubestrata import (
    Cluster,
    Component,
    Duration,
    Frozen,
    Image,
    Quantity,
    Reconcile,
    Reference,
)
from kubestrata.constructs import (
    Container,
    PodSecurity,
    PodSettings,
    Probe,
    Probes,
    Resources,
    Rollout,
    Scaling,
    SecretKey,
    SecretReference,
    Workload,
)
from kubestrata.constructs.secret import GeneratedPassword, SecretTemplate
from kubestrata.constructs.traffic import Ingress, NginxSettings

_NAME = "firecrawl"
# The release of the chart that this replaces was named like the chart.
_PREFIX = "firecrawl-firecrawl"
_API, _BROWSER, _CACHE, _QUEUE, _WORKER = 3002, 3000, 6379, 5432, 3006
_PASSWORD, _URL = "password", "url"  # keys of a Secret
_TEMPORARY = "/tmp"  # noqa: S108  # a volume of the pod
_DATA = "/var/lib/postgresql"
# Logs, and the writable paths of a program.
_DISK = "1280Mi"
# Users of the images of Redis and PostgreSQL.
_USER = 999


class FirecrawlImages(Frozen):
    """Images of Firecrawl's parts."""

    server: Image
    browser: Image
    queue: Image
    cache: Image


class _Program(Frozen, kw_only=True):
    """A program of the server's image; `heap` is the limit of Node's memory in MB."""

    group: str
    process_group: str
    file: str
    heap: int
    resources: Resources
    port: int | None = None
    probes: Probes | None = None
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    pods: int = 1
    grace_seconds: int | None = None


def _probes(live: str, ready: str, *, delay: int, period: int, failures: int = 3) -> Probes:
    """Return probes, of which the liveness probe fails after a number of failures."""

    def probe(path: str, threshold: int) -> Probe:
        return Probe(
            path=path,
            port="api",
            initial_delay_seconds=delay,
            period_seconds=period,
            failure_threshold=threshold,
        )

    return Probes(liveness=probe(live, failures), readiness=probe(ready, 3))


_HEALTH = "/v0/health"
_SERVER = _Program(
    group="api",
    process_group="app",
    file="dist/src/index.js",
    heap=6144,
    port=_API,
    probes=_probes(f"{_HEALTH}/liveness", f"{_HEALTH}/readiness", delay=30, period=30),
    # The limits are above the heaps, which the original did not limit.
    resources=Resources.of("250m", "1Gi", memory_limit="7Gi", ephemeral_storage=_DISK),
)
_JOBS = _Program(
    group="worker",
    process_group="worker",
    file="dist/src/services/queue-worker.js",
    heap=3072,
    resources=Resources.of("250m", "1Gi", memory_limit="4Gi", ephemeral_storage=_DISK),
)
_QUEUED = _Program(
    group="nuq-worker",
    process_group="nuq-worker",
    file="dist/src/services/worker/nuq-worker.js",
    heap=3072,
    port=_WORKER,
    # Of one path: an overloaded worker gets no requests before it is restarted.
    probes=_probes("/health", "/health", delay=5, period=5, failures=6),
    env={"NUQ_WORKER_PORT": str(_WORKER)},
    pods=2,
    grace_seconds=60,
    resources=Resources.of("250m", "1Gi", "500m", "2Gi", ephemeral_storage=_DISK),
)


class Firecrawl(Component):
    """The API at `firecrawl` in the domain; its queue and its cache are lost with their pods."""

    def __init__(self, scope: Cluster, *, namespace: Reference, images: FirecrawlImages) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="apps",
            namespace=namespace,
            reconcile=Reconcile(timeout=Duration("10m")),
        )
        self._images = images
        self._login = self._password()
        queue, cache, browser = self._queue(), self._cache(), self._browser()
        self._shared: dict[str, str | SecretKey] = {
            "NUM_WORKERS_PER_QUEUE": "4",
            "PORT": str(_API),
            "HOST": "0.0.0.0",  # noqa: S104  # probes and clients are outside of the pod
            "REDIS_URL": cache.service.url(scheme="redis"),
            "REDIS_RATE_LIMIT_URL": cache.service.url(scheme="redis"),
            "PLAYWRIGHT_MICROSERVICE_URL": browser.service.url(),
            "USE_DB_AUTHENTICATION": "false",
            "HDX_NODE_BETA_MODE": "1",
            "NUQ_DATABASE_URL": self._login.key(_URL),
        }
        programs = [self._run(each) for each in (_SERVER, _JOBS, _QUEUED)]
        for each in programs:
            each.connect_to(queue, cache, browser)
        Ingress.at(
            self,
            _NAME,
            label=_NAME,
            to=programs[0].service,
            visibility="public",
            settings=NginxSettings(body_size="100m"),
        )

    def _password(self) -> SecretReference:
        """Return the Secret with the password of the queue, and its URL."""
        host = f"{_PREFIX}-nuq-postgres"
        url = f"postgresql://postgres:{{{{ .{_PASSWORD} }}}}@{host}:{_QUEUE}/postgres"
        return GeneratedPassword(
            self, f"{_NAME}-nuq-postgres", template=SecretTemplate({_URL: url}, keeps="all")
        ).secret

    def _queue(self) -> Workload:
        return Workload(
            self,
            f"{_PREFIX}-nuq-postgres",
            image=self._images.queue,
            container=Container(
                port=None,
                ports={"postgres": _QUEUE},
                env={
                    "POSTGRES_USER": "postgres",
                    "POSTGRES_DB": "postgres",
                    "POSTGRES_PASSWORD": self._login.key(_PASSWORD),
                    "PGDATA": f"{_DATA}/data",
                },
                writable={
                    _DATA: Quantity("2Gi"),
                    _TEMPORARY: Quantity("64Mi"),
                    "/var/run/postgresql": Quantity("1Mi"),
                },
                resources=Resources.of(
                    "100m", "256Mi", "250m", "512Mi", ephemeral_storage="2304Mi"
                ),
            ),
            pod=PodSettings(security=PodSecurity(user=_USER)),
            rollout=Rollout.recreate(),
            scaling=Scaling.fixed(1),
        )

    def _cache(self) -> Workload:
        return Workload(
            self,
            f"{_PREFIX}-redis",
            image=self._images.cache,
            container=Container(
                port=None,
                ports={"redis": _CACHE},
                writable={"/data": Quantity("256Mi")},
                resources=Resources(ephemeral_storage=Quantity("512Mi")),
            ),
            pod=PodSettings(security=PodSecurity(user=_USER)),
            rollout=Rollout.recreate(),
            scaling=Scaling.fixed(1),
        )

    def _browser(self) -> Workload:
        return Workload(
            self,
            f"{_PREFIX}-playwright",
            image=self._images.browser,
            container=Container(
                port=None,
                ports={"browser": _BROWSER},
                env={"PORT": str(_BROWSER), "HOME": _TEMPORARY},
                writable={_TEMPORARY: Quantity("1Gi")},
                resources=Resources.of(
                    "100m", "512Mi", memory_limit="1Gi", ephemeral_storage="1280Mi"
                ),
            ),
            scaling=Scaling.fixed(1),
        )

    def _run(self, program: _Program) -> Workload:
        """Add a program of the server's image."""
        listens = {"api": program.port} if program.port is not None else {}
        return Workload(
            self,
            f"{_PREFIX}-{program.group}",
            image=self._images.server,
            container=Container(
                port=None,
                ports=listens,
                command=["node", f"--max-old-space-size={program.heap}", program.file],
                env={**self._shared, "FLY_PROCESS_GROUP": program.process_group, **program.env},
                writable={_TEMPORARY: Quantity("1Gi")},
                probes=program.probes,
                resources=program.resources,
            ),
            pod=PodSettings(grace_seconds=program.grace_seconds),
            scaling=Scaling.fixed(program.pods),
        )
