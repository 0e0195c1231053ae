"""cloudflared on every node, for the hosts of one gateway."""

from collections.abc import Sequence

from charts.infrastructure.cloudflared.tunnel import IMAGE, NAME, NOT_FOUND, gateway_url
from charts.slow_start import slow_start
from kubestrata import Cluster, Component, Host, JsonObject, Reference
from kubestrata.constructs import (
    Container,
    DaemonRollout,
    DaemonWorkload,
    Mount,
    PodSecurity,
    PodSettings,
    Probe,
    Probes,
    Resources,
    Scheduling,
    SecretReference,
    Toleration,
    Volume,
)
from kubestrata.constructs.config import ConfigFiles, FileContent

_METRICS, _USER = 2000, 65532
_FOLDER = "/etc/cloudflared"
_CONFIG, _KEYS = "config/config.yaml", "credentials/credentials.json"
_TOLERATED = (
    Toleration(key="autoscaler-node", value="true", effect="NoSchedule"),
    # Nodes are reached before the cloud's controller has seen them.
    Toleration(key="node.cloudprovider.kubernetes.io/uninitialized", effect="NoSchedule"),
)


class CloudflaredDaemon(Component):
    """A DaemonSet with the connections of one tunnel, which dials out: no port is open.

    `hosts` are served from `gateway`, whose certificate is that of `domain`; others are not found.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        tunnel: str,
        credentials: SecretReference,
        gateway: Reference,
        hosts: Sequence[Host],
    ) -> None:
        super().__init__(scope, NAME, layer="infrastructure", namespace=namespace)
        content = FileContent.yaml("config.yaml", _config(tunnel, gateway, hosts, scope.domain))
        config = ConfigFiles(self, "config", content=[content]).reference
        DaemonWorkload(
            self,
            NAME,
            image=IMAGE,
            container=_CONTAINER,
            pod=PodSettings(
                security=PodSecurity(user=_USER),
                scheduling=Scheduling(tolerations=_TOLERATED),
                volumes={
                    "config": Volume.config_map(config.name),
                    "credentials": Volume.secret(credentials.name),
                },
            ),
            rollout=DaemonRollout.rolling(max_unavailable=1),
            patches=[slow_start(delay_seconds=10, period_seconds=10, failures=30)],
        )


def _ready(delay: int, period: int, failures: int) -> Probe:
    return Probe(
        path="/ready",
        initial_delay_seconds=delay,
        period_seconds=period,
        failure_threshold=failures,
    )


_CONTAINER = Container(
    port=None,
    ports={"metrics": _METRICS},
    args=["tunnel", "--config", f"{_FOLDER}/{_CONFIG}", "run"],
    mounts={
        f"{_FOLDER}/{_CONFIG}": Mount(volume="config", sub_path="config.yaml"),
        f"{_FOLDER}/credentials": "credentials",
    },
    probes=Probes(readiness=_ready(10, 10, 10), liveness=_ready(120, 30, 5), startup_seconds=300),
    resources=Resources.of("5m", "32Mi", "100m", "128Mi"),
)


def _config(tunnel: str, gateway: Reference, hosts: Sequence[Host], domain: Host) -> JsonObject:
    service = gateway_url(gateway, ":443")
    return {
        "tunnel": tunnel,
        "credentials-file": f"{_FOLDER}/{_KEYS}",
        "metrics": f"0.0.0.0:{_METRICS}",
        "no-autoupdate": True,
        "warp-routing": {"enabled": True},
        "ingress": [
            *(
                {
                    "hostname": host,
                    "service": service,
                    "originRequest": {"originServerName": domain},
                }
                for host in hosts
            ),
            NOT_FOUND,
        ],
    }
