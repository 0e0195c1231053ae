"""Mastodon itself: web servers, streaming servers, and four kinds of workers."""

from collections.abc import Sequence

from msgspec.structs import replace

from charts.apps.mastodon.environment import (
    EXPORTER_PORT,
    STREAMING_PORT,
    WEB_PORT,
    Group,
    MastodonEnvironment,
    MastodonServices,
    MastodonSite,
)
from charts.apps.mastodon.migration import migrate
from charts.apps.mastodon.part import SERVER, STREAMING_SERVER, WORKER, MastodonParts, Part
from charts.apps.mastodon.placement import MastodonPriorities
from charts.apps.mastodon.route import MastodonRoute
from charts.apps.mastodon.scaling import (
    BACKGROUND_SCALING,
    DEFAULT_SCALING,
    FEDERATION_SCALING,
    STREAMING_SCALING,
    WEB_SCALING,
)
from charts.slow_start import slow_start
from kubeapis import k8s
from kubestrata import Cluster, Component, Quantity, Reference, TypedPatch, waive
from kubestrata.constructs import (
    Container,
    GatewayReference,
    Probe,
    Probes,
    Resources,
    Scaling,
)

_STREAMING: Sequence[Group] = ("core", "database", "redis", "streaming")
_RAILS: Sequence[Group] = (
    "core",
    "database",
    "redis",
    "search",
    "features",
    "external-services",
)
# Media are processed in temporary files.
_DISK = Quantity("2Gi")


class Mastodon(Component):
    """Web, streaming and workers, migrated before each sync, on one route with its name in Tor.

    `metrics` is the component that provides the autoscalers' metrics.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        services: MastodonServices,
        priorities: MastodonPriorities,
        gateway: GatewayReference,
        site: MastodonSite,
        metrics: Component,
    ) -> None:
        super().__init__(scope, "mastodon", layer="platform", namespace=namespace)
        for component in (*services.components, metrics):
            self.needs(component)
        migrate(self, services)
        environment = MastodonEnvironment(self, services, site)
        parts = MastodonParts(self, environment, services, priorities)
        self.web = parts.run(_WEB)
        self.streaming = parts.run(_STREAM)
        waive(
            "P31",
            self.streaming.deployment,
            reason="it serves no other answer by which a deadlock differs from a high load",
            owner="platform",
            expires="2027-05-31",
        )
        self.workers = [parts.run(worker) for worker in _WORKERS]
        MastodonRoute(
            self,
            "mastodon",
            host=site.domain,
            gateway=gateway,
            web=self.web.service,
            streaming=self.streaming.service,
            onion=site.onion,
        )


_WEB = Part(
    name="mastodon-web",
    image=SERVER,
    groups=(*_RAILS, "web"),
    container=Container(
        port=None,
        ports={"web": WEB_PORT, "metrics": EXPORTER_PORT},
        command=["bash", "-c", "bundle exec puma -C config/puma.rb"],
        probes=Probes(
            liveness=Probe(
                path="/health",
                initial_delay_seconds=60,
                period_seconds=30,
                timeout_seconds=3,
                failure_threshold=5,
            ),
            readiness=Probe(
                path="/health",
                initial_delay_seconds=2,
                timeout_seconds=3,
            ),
            startup_seconds=180,
        ),
        resources=Resources(
            cpu=Quantity("683m"),
            memory=Quantity("2271Mi"),
            memory_limit=Quantity("2750Mi"),
            ephemeral_storage=_DISK,
        ),
    ),
    labels={"component": "web"},
    scaling=WEB_SCALING,
    patches=[slow_start(period_seconds=10, failures=18, timeout_seconds=5)],
)
_ALIVE = "/api/v1/streaming/health"
_STREAM = Part(
    name="mastodon-streaming",
    image=STREAMING_SERVER,
    groups=_STREAMING,
    container=Container(
        port=None,
        ports={"streaming": STREAMING_PORT},
        env={"PORT": str(STREAMING_PORT)},
        command=["node", "./streaming/index.js"],
        probes=Probes(
            liveness=Probe(path=_ALIVE, initial_delay_seconds=20, period_seconds=15),
            readiness=Probe(path=_ALIVE, initial_delay_seconds=15, period_seconds=15),
        ),
        resources=Resources.of("21m", "100Mi"),
    ),
    scaling=STREAMING_SCALING,
)


def _with_exporter(container: k8s.Container) -> k8s.Container:
    """Return a container with the port that is scraped at its pods, not at a Service."""
    exporter = k8s.ContainerPort(name="metrics", container_port=EXPORTER_PORT)
    return replace(container, ports=[exporter])


def _worker(
    name: str,
    *queues: str,
    threads: int,
    requests: tuple[str, str],
    memory_limit: str,
    scaling: Scaling,
) -> Part:
    """Return a worker of some queues, with a connection to the database for each thread."""
    asked = [argument for queue in queues for argument in ("-q", queue)]
    return Part(
        name=f"mastodon-sidekiq-{name}",
        image=SERVER,
        groups=(*_RAILS, "sidekiq"),
        container=Container(
            port=None,
            args=["bundle", "exec", "sidekiq", *asked, "-c", str(threads)],
            env={"DB_POOL": str(threads)},
            probes=Probes(
                liveness=Probe(
                    command=["bash", "-c", "ps -eo args | grep -q '[s]idekiq 8'"],
                    initial_delay_seconds=60,
                    period_seconds=30,
                ),
                readiness=Probe.none(),
            ),
            resources=Resources(
                cpu=Quantity(requests[0]),
                memory=Quantity(requests[1]),
                memory_limit=Quantity(memory_limit),
                ephemeral_storage=_DISK,
            ),
        ),
        labels={"queue-type": name, **WORKER},
        patches=[TypedPatch(k8s.Container, _with_exporter)],
        scaling=scaling,
    )


_WORKERS = (
    _worker(
        "default",
        "default",
        threads=15,
        requests=("500m", "800Mi"),
        memory_limit="1.2Gi",
        scaling=DEFAULT_SCALING,
    ),
    _worker(
        "federation",
        "push",
        "ingress",
        threads=20,
        requests=("400m", "1Gi"),
        memory_limit="1.5Gi",
        scaling=FEDERATION_SCALING,
    ),
    _worker(
        "background",
        "pull",
        "mailers",
        "fasp",
        threads=10,
        requests=("200m", "500Mi"),
        memory_limit="800Mi",
        scaling=BACKGROUND_SCALING,
    ),
    _worker(
        "scheduler",
        "scheduler",
        threads=5,
        requests=("100m", "300Mi"),
        memory_limit="500Mi",
        # Two would run each scheduled job twice.
        scaling=Scaling.fixed(1),
    ),
)
