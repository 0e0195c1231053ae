"""A stateless service from one image, hardened by default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubeapis import k8s
from kubestrata.core.node import Construct
from kubestrata.core.reference import ServiceReference
from kubestrata.core.value.image import Image
from kubestrata.core.value.port import Port

_PORT_NAME = "http"
_SERVICE_PORT = 80


class Workload(Construct):
    """A Deployment and its Service on port 80.

    Pods satisfy the `restricted` Pod Security Standard: not root, read-only root file system,
    no capabilities, the runtime's seccomp profile, no service-account token.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        image: Image,
        port: Port | None = None,
        args: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        replicas: int = 1,
        probe_path: str = "/",
        resources: k8s.ResourceRequirements | None = None,
    ) -> None:
        """`port` is where the container listens, 8080 unless given; `env` plain values only."""
        super().__init__(scope, f"{id}-workload")
        labels = {"app.kubernetes.io/name": id}
        probe = k8s.HTTPGetAction(path=probe_path, port=_PORT_NAME)
        container = k8s.Container(
            name=id,
            image=image,
            args=args or None,
            env=[k8s.EnvVar(name=key, value=value) for key, value in (env or {}).items()] or None,
            ports=[k8s.ContainerPort(name=_PORT_NAME, container_port=port or Port(8080))],
            resources=resources or _small(),
            liveness_probe=k8s.Probe(http_get=probe, period_seconds=20, failure_threshold=6),
            readiness_probe=k8s.Probe(http_get=probe),
            security_context=_locked_container(),
        )
        self.deployment = k8s.Deployment(
            self,
            id,
            metadata=k8s.ObjectMeta(labels=labels),
            spec=k8s.DeploymentSpec(
                replicas=replicas,
                selector=k8s.LabelSelector(match_labels=labels),
                template=k8s.PodTemplateSpec(
                    metadata=k8s.ObjectMeta(labels=labels),
                    spec=k8s.PodSpec(
                        automount_service_account_token=False,
                        containers=[container],
                        security_context=_locked_pod(),
                    ),
                ),
            ),
        )
        self._service = k8s.Service(
            self,
            f"{id}-service",
            metadata=k8s.ObjectMeta(name=id, labels=labels),
            spec=k8s.ServiceSpec(
                selector=labels,
                ports=[
                    k8s.ServicePort(name=_PORT_NAME, port=_SERVICE_PORT, target_port=_PORT_NAME)
                ],
            ),
        )

    @property
    def service(self) -> ServiceReference:
        """The Service's port, for routes and URLs."""
        return ServiceReference(self._service.ref, _SERVICE_PORT)


def _small() -> k8s.ResourceRequirements:
    return k8s.ResourceRequirements(
        requests={"cpu": "10m", "memory": "32Mi"}, limits={"memory": "64Mi"}
    )


def _locked_pod() -> k8s.PodSecurityContext:
    return k8s.PodSecurityContext(
        run_as_non_root=True,
        run_as_user=65532,
        run_as_group=65532,
        seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
    )


def _locked_container() -> k8s.SecurityContext:
    return k8s.SecurityContext(
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=k8s.Capabilities(drop=["ALL"]),
    )
