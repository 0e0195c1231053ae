"""Redis for Mastodon: queues of jobs, the cache, and messages of streaming."""

from collections.abc import Mapping

from charts.apps.mastodon.placement import MastodonPriorities
from kubestrata import Cluster, Component, Image, Quantity, Reference
from kubestrata.constructs import (
    Availability,
    Container,
    PodSecurity,
    PodSettings,
    Probe,
    Probes,
    Resources,
    Scaling,
    StatefulWorkload,
    Volume,
)
from kubestrata.constructs.config import ConfigFiles, FileContent

NAME, PORT = "mastodon-redis-master", 6379
_INSTANCE = "app.kubernetes.io/instance"
_COMPONENT = "app.kubernetes.io/component"
LABELS = {_INSTANCE: "mastodon-redis", _COMPONENT: "master"}
_IMAGE = Image("docker.io/bitnamilegacy/redis:8.2.1-debian-12-r0")
_USER = 1001
_SETTINGS, _COPY = "/opt/bitnami/redis/mounted-etc", "/opt/bitnami/redis/etc"
_SCRIPTS, _HEALTH = "/opt/bitnami/scripts/start-scripts", "/health"
_START = "start-master.sh"
_LIVENESS, _READINESS = "ping_liveness_local.sh", "ping_readiness_local.sh"


class MastodonRedis(Component):
    """A StatefulSet with one pod, without a password: only pods inside the cluster reach it.

    `service` is in front of it. Its volume keeps it on one node, so it tolerates no other.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, priorities: MastodonPriorities
    ) -> None:
        super().__init__(scope, "mastodon-redis", layer="platform", namespace=namespace)
        redis = StatefulWorkload(
            self,
            NAME,
            image=_IMAGE,
            container=_CONTAINER,
            pod=PodSettings(
                labels=LABELS,
                security=PodSecurity(user=_USER),
                volumes={
                    "redis-data": Volume.claim("8Gi"),
                    "config": Volume.config_map(self._made_of("configuration", _SETTINGS_FILES)),
                    "health": Volume.config_map(self._made_of("health", _PINGS), mode=0o755),
                    "start-scripts": Volume.config_map(
                        self._made_of("scripts", {_START: _RUN}), mode=0o755
                    ),
                },
            ),
            scaling=Scaling.fixed(1),
            availability=Availability(
                spread_zones=False,
                spread_nodes=False,
                anti_affinity="preferred",
                priority=priorities.critical.name,
            ),
        )
        self.service, self.endpoint = redis.service, redis.endpoint

    def _made_of(self, name: str, files: Mapping[str, str]) -> str:
        """Add a ConfigMap of files, and return its name."""
        content = [FileContent.text(file, text) for file, text in files.items()]
        return ConfigFiles(self, f"mastodon-redis-{name}", content=content).reference.name


def _ping(script: str, seconds: int, timeout: int) -> Probe:
    return Probe(
        command=[f"{_HEALTH}/{script}", str(seconds)],
        initial_delay_seconds=20,
        period_seconds=5,
        timeout_seconds=timeout,
        failure_threshold=5,
    )


_CONTAINER = Container(
    port=None,
    ports={"tcp-redis": PORT},
    command=["/bin/bash", "-c", f"{_SCRIPTS}/{_START}"],
    env={
        "BITNAMI_DEBUG": "false",
        "REDIS_REPLICATION_MODE": "master",
        "ALLOW_EMPTY_PASSWORD": "yes",
        "REDIS_TLS_ENABLED": "no",
        "REDIS_PORT": str(PORT),
    },
    mounts={
        "/data": "redis-data",
        _SETTINGS: "config",
        _HEALTH: "health",
        _SCRIPTS: "start-scripts",
    },
    writable={_COPY: Quantity("16Mi"), "/tmp": Quantity("64Mi")},  # noqa: S108  # a volume
    probes=Probes(liveness=_ping(_LIVENESS, 5, 6), readiness=_ping(_READINESS, 1, 2)),
    resources=Resources.of("500m", "512Mi", "1", "1Gi"),
)
_CONFIG = """\
databases 16
maxclients 10000
timeout 0
tcp-keepalive 300
"""
_MASTER = """\
dir /data
rename-command FLUSHDB ""
rename-command FLUSHALL ""
"""
_SETTINGS_FILES = {"redis.conf": _CONFIG, "master.conf": _MASTER, "users.acl": ""}
_RUN = f"""\
#!/bin/bash
set -e
cp {_SETTINGS}/redis.conf {_COPY}/redis.conf
cp {_SETTINGS}/master.conf {_COPY}/master.conf
exec redis-server {_COPY}/redis.conf --include {_COPY}/master.conf \\
  --port "$REDIS_PORT" --protected-mode no
"""
_ASK = """\
#!/bin/bash
answer="$(timeout "$1" redis-cli -h localhost -p "$REDIS_PORT" ping)"
"""
_PINGS = {
    # A server that loads its data set is alive.
    _LIVENESS: _ASK
    + """\
case "$answer" in
  PONG | LOADING* | MASTERDOWN*) exit 0 ;;
esac
echo "$answer"
exit 1
""",
    _READINESS: _ASK
    + """\
[ "$answer" = PONG ] && exit 0
echo "$answer"
exit 1
""",
}
