"""The engine that runs CI pipelines as containers."""

from charts.infrastructure.karpenter_nodepools import NodeChoice
from kubeapis import k8s
from kubestrata import Cluster, Component, Image, Reference, ServiceReference, waive
from kubestrata.constructs import Endpoint, Flow, Pods
from kubestrata.constructs.network import NetworkPort

_NAME = "dagger-engine"
_IMAGE = Image("registry.dagger.io/engine:v0.19.10")
_PORT = 8080
_LABELS = {"app.kubernetes.io/name": _NAME}
_CONFIG = "/etc/dagger"
# Name of the volume -> its path.
_VOLUMES = {"state": "/var/lib/dagger", "buildkit": "/var/run/buildkit"}
_VOLUME_SIZE = "50Gi"
# Karpenter would move it, and with it all running pipelines.
_UNDISTURBED = {"karpenter.sh/do-not-disrupt": "true"}
_SETTINGS = """\
debug = false

[registry."docker.io"]
mirrors = ["mirror.gcr.io"]
"""


class DaggerEngine(Component):
    """A Deployment with one pod, its Service and ServiceAccount, and its settings.

    Pipeline state is on volumes that live as long as the pod. Clients connect to `endpoint`, by the
    name of `service`.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, nodes: NodeChoice) -> None:
        super().__init__(scope, _NAME, layer="tooling", namespace=namespace)
        settings = k8s.ConfigMap(
            self, "settings", metadata=_named(), data={"engine.toml": _SETTINGS}
        )
        account = k8s.ServiceAccount(
            self, "account", metadata=_named(), automount_service_account_token=False
        )
        self.deployment = self._deployment(_pod(settings, account, nodes))
        made = k8s.Service(
            self,
            "service",
            metadata=_named(),
            spec=k8s.ServiceSpec(
                selector=_LABELS,
                ports=[k8s.ServicePort(name="engine", port=_PORT, target_port="engine")],
            ),
        )
        self.service = ServiceReference(made.ref, _PORT)
        pods = Pods(_NAME, namespace.object_name, _LABELS)
        self.endpoint = Endpoint(pods, (NetworkPort(_PORT),), self, self.deployment.ref)
        # Pipelines download dependencies from any host.
        self.endpoint.allow(Flow.to_internet(443), policy=_NAME)
        waive(
            "P05",
            self.deployment,
            reason="it starts containers itself, in a namespace that holds nothing else",
            owner="platform",
            expires="2027-05-31",
        )

    def _deployment(self, pod: k8s.PodSpec) -> k8s.Deployment:
        return k8s.Deployment(
            self,
            "engine",
            metadata=_named(),
            spec=k8s.DeploymentSpec(
                replicas=1,
                selector=k8s.LabelSelector(match_labels=_LABELS),
                template=k8s.PodTemplateSpec(
                    metadata=k8s.ObjectMeta(labels=_LABELS, annotations=_UNDISTURBED),
                    spec=pod,
                ),
            ),
        )


def _named() -> k8s.ObjectMeta:
    return k8s.ObjectMeta(name=_NAME, labels=_LABELS)


def _pod(settings: k8s.ConfigMap, account: k8s.ServiceAccount, nodes: NodeChoice) -> k8s.PodSpec:
    listens = k8s.TCPSocketAction(port="engine")
    container = k8s.Container(
        name="engine",
        image=_IMAGE,
        args=[
            "--config",
            f"{_CONFIG}/engine.toml",
            "--addr",
            f"tcp://0.0.0.0:{_PORT}",
            "--oci-max-parallelism",
            "num-cpu",
        ],
        ports=[k8s.ContainerPort(name="engine", container_port=_PORT)],
        resources=k8s.ResourceRequirements(
            requests={"cpu": "4", "memory": "8Gi", "ephemeral-storage": "100Gi"},
            limits={"memory": "8Gi", "ephemeral-storage": "100Gi"},
        ),
        readiness_probe=k8s.Probe(tcp_socket=listens, period_seconds=5),
        # A pipeline may saturate the engine for a while.
        liveness_probe=k8s.Probe(tcp_socket=listens, period_seconds=30, failure_threshold=10),
        # It mounts file systems, creates network interfaces and starts its own containers.
        security_context=k8s.SecurityContext(privileged=True),
        volume_mounts=[
            k8s.VolumeMount(name="settings", mount_path=_CONFIG, read_only=True),
            *(k8s.VolumeMount(name=name, mount_path=path) for name, path in _VOLUMES.items()),
        ],
    )
    return k8s.PodSpec(
        service_account_name=account.name,
        automount_service_account_token=False,
        # Running pipelines get time to finish.
        termination_grace_period_seconds=300,
        containers=[container],
        security_context=k8s.PodSecurityContext(
            seccomp_profile=k8s.SeccompProfile(type="Unconfined")
        ),
        node_selector=nodes.selector,
        tolerations=nodes.tolerations or None,
        volumes=[
            k8s.Volume(name="settings", config_map=k8s.ConfigMapVolumeSource(name=settings.name)),
            *(_volume(name) for name in _VOLUMES),
        ],
    )


def _volume(name: str) -> k8s.Volume:
    """Return a volume that is made and deleted with the pod."""
    claim = k8s.PersistentVolumeClaimSpec(
        access_modes=["ReadWriteOnce"],
        resources=k8s.VolumeResourceRequirements(requests={"storage": _VOLUME_SIZE}),
    )
    template = k8s.PersistentVolumeClaimTemplate(spec=claim)
    return k8s.Volume(
        name=name, ephemeral=k8s.EphemeralVolumeSource(volume_claim_template=template)
    )
