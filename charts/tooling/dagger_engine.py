"""The engine that runs CI pipelines as containers."""

from charts.infrastructure.karpenter_nodepools import NodeChoice
from kubeapis import k8s
from kubestrata import Cluster, Component, Image, Reference, ServiceReference, waive
from kubestrata.constructs import Availability, Endpoint, Flow, Pods
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.scaling import DisruptionBudget, topology_spread_constraints

_NAME = "dagger-engine"
_IMAGE = Image("registry.dagger.io/engine:v0.19.8")
_PORT = 8080
_REPLICAS = 2
_AVAILABILITY = Availability()
_LABELS = {"app.kubernetes.io/name": _NAME}
_STATE, _CONFIG = "/var/lib/dagger", "/etc/dagger"
_SETTINGS = """\
debug = false

[registry."docker.io"]
mirrors = ["mirror.gcr.io"]
"""


class DaggerEngine(Component):
    """A Deployment, its Service and ServiceAccount, its settings and a PodDisruptionBudget.

    Pipeline state is on the local disks of `nodes`. Clients connect to `endpoint`, by the name of
    `service`.
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
        DisruptionBudget(
            self, _NAME, labels=_LABELS, availability=_AVAILABILITY, replicas=_REPLICAS
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
                replicas=_REPLICAS,
                selector=k8s.LabelSelector(match_labels=_LABELS),
                template=k8s.PodTemplateSpec(metadata=k8s.ObjectMeta(labels=_LABELS), spec=pod),
            ),
        )


def _named() -> k8s.ObjectMeta:
    return k8s.ObjectMeta(name=_NAME, labels=_LABELS)


def _pod(settings: k8s.ConfigMap, account: k8s.ServiceAccount, nodes: NodeChoice) -> k8s.PodSpec:
    listens = k8s.TCPSocketAction(port="engine")
    container = k8s.Container(
        name="engine",
        image=_IMAGE,
        args=["--config", f"{_CONFIG}/engine.toml", "--addr", f"tcp://0.0.0.0:{_PORT}"],
        ports=[k8s.ContainerPort(name="engine", container_port=_PORT)],
        resources=k8s.ResourceRequirements(
            requests={"cpu": "1", "memory": "2Gi", "ephemeral-storage": "20Gi"},
            limits={"memory": "8Gi", "ephemeral-storage": "80Gi"},
        ),
        readiness_probe=k8s.Probe(tcp_socket=listens, period_seconds=5),
        # A pipeline may saturate the engine for a while.
        liveness_probe=k8s.Probe(tcp_socket=listens, period_seconds=30, failure_threshold=10),
        # It mounts file systems, creates network interfaces and starts its own containers.
        security_context=k8s.SecurityContext(privileged=True),
        volume_mounts=[
            k8s.VolumeMount(name="settings", mount_path=_CONFIG, read_only=True),
            k8s.VolumeMount(name="state", mount_path=_STATE),
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
        topology_spread_constraints=topology_spread_constraints(_AVAILABILITY, _LABELS),
        node_selector=nodes.selector,
        tolerations=nodes.tolerations or None,
        volumes=[
            k8s.Volume(name="settings", config_map=k8s.ConfigMapVolumeSource(name=settings.name)),
            k8s.Volume(name="state", empty_dir=k8s.EmptyDirVolumeSource(size_limit="60Gi")),
        ],
    )
