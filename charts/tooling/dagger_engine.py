"""The engine that runs CI pipelines as containers."""

from charts.infrastructure.karpenter_nodepools import NodeChoice
from kubestrata import Cluster, Component, Image, Quantity, Reference
from kubestrata.constructs import (
    Availability,
    Container,
    ContainerException,
    Flow,
    Justification,
    PodSettings,
    Probe,
    Probes,
    Resources,
    Scaling,
    Volume,
    Workload,
)

_NAME = "dagger-engine"
_IMAGE = Image("registry.dagger.io/engine:v0.19.10")
_PORT = 8080
_CONFIG = "/etc/dagger/engine.toml"
_SETTINGS = """\
debug = false

[registry."docker.io"]
mirrors = ["mirror.gcr.io"]
"""
# It mounts file systems, creates network interfaces and starts its own containers.
_NESTED = Justification(
    reason="it starts containers itself, in a namespace that holds nothing else",
    owner="platform",
    expires="2027-05-31",
)
_ENGINE = Container(
    port=None,
    ports={"engine": _PORT},
    args=[
        "--config",
        _CONFIG,
        "--addr",
        f"tcp://0.0.0.0:{_PORT}",
        "--oci-max-parallelism",
        "num-cpu",
    ],
    files={_CONFIG: _SETTINGS},
    mounts={"/var/lib/dagger": "state", "/var/run/buildkit": "buildkit"},
    probes=Probes(
        # A pipeline may saturate the engine for a while.
        liveness=Probe(period_seconds=30, failure_threshold=10),
        readiness=Probe(period_seconds=5),
    ),
    resources=Resources(
        cpu=Quantity("4"),
        memory=Quantity("8Gi"),
        ephemeral_storage=Quantity("100Gi"),
        ephemeral_storage_request=Quantity("100Gi"),
    ),
    exceptions=[
        ContainerException.privileged(_NESTED),
        ContainerException.root_user(_NESTED),
        ContainerException.writable_root(_NESTED),
        ContainerException.unconfined_seccomp(_NESTED),
    ],
)


class DaggerEngine(Component):
    """A Deployment with one pod, its Service and ServiceAccount, and its settings.

    Pipeline state is on volumes that live as long as the pod. Clients connect to `endpoint`, by the
    name of `service`.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, nodes: NodeChoice) -> None:
        super().__init__(scope, _NAME, layer="tooling", namespace=namespace)
        engine = Workload(
            self,
            _NAME,
            image=_IMAGE,
            container=_ENGINE,
            pod=PodSettings(
                volumes={"state": Volume.ephemeral("50Gi"), "buildkit": Volume.ephemeral("50Gi")},
                scheduling=nodes.scheduling,
                # Karpenter would move it, and with it all running pipelines.
                annotations={"karpenter.sh/do-not-disrupt": "true"},
                # Running pipelines get time to finish.
                grace_seconds=300,
            ),
            scaling=Scaling.fixed(1),
            availability=Availability(spread_zones=False, spread_nodes=False),
        )
        self.service, self.endpoint = engine.service, engine.endpoint
        # Pipelines download dependencies from any host.
        self.endpoint.allow(Flow.to_internet(443), policy=_NAME)
