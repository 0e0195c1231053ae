"""Pods of workloads, with the same hardening for every workload."""

from __future__ import annotations

import math
from collections.abc import Mapping

from kubeapis import k8s
from kubestrata.constructs.scaling import Availability, affinity, topology_spread_constraints
from kubestrata.constructs.workload.container import HTTP, Container, Probes, Resources, SecretValue
from kubestrata.constructs.workload.pod_parts import PodParts
from kubestrata.constructs.workload.volume import Mounted, mounted
from kubestrata.core.reference import ReferenceName
from kubestrata.core.value.image import Image


def pod_template(
    labels: Mapping[str, str], container: k8s.Container, spec: k8s.PodSpec
) -> k8s.PodTemplateSpec:
    """Return the pod template of a Deployment."""
    name = {"kubectl.kubernetes.io/default-container": container.name}
    return k8s.PodTemplateSpec(metadata=k8s.ObjectMeta(labels=labels, annotations=name), spec=spec)


def pod_spec(
    container: k8s.Container,
    volumes: list[Mounted],
    labels: Mapping[str, str],
    availability: Availability,
    parts: PodParts,
) -> k8s.PodSpec:
    """Return a pod spec: non-root, runtime's seccomp profile, no token, spread evenly."""
    user = parts.defaults.user
    return k8s.PodSpec(
        service_account_name=parts.service_account,
        automount_service_account_token=False,
        enable_service_links=False,
        priority_class_name=availability.priority,
        termination_grace_period_seconds=parts.defaults.grace_seconds,
        security_context=k8s.PodSecurityContext(
            run_as_non_root=True,
            run_as_user=user,
            run_as_group=user,
            fs_group=user,
            seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
        ),
        affinity=affinity(availability, labels),
        topology_spread_constraints=topology_spread_constraints(availability, labels) or None,
        containers=[container],
        volumes=[each.volume for each in volumes] or None,
    )


def pod_container(name: str, image: Image, wanted: Container, parts: PodParts) -> k8s.Container:
    """Return a container without capabilities, and with a read-only root file system."""
    probes = wanted.probes or parts.defaults.probes
    volumes = mounted(wanted, parts.files)
    return k8s.Container(
        name=name,
        image=image,
        command=wanted.command or None,
        args=wanted.args or None,
        env=_env(wanted, parts.stored) or None,
        env_from=_env_from(parts.config),
        ports=[
            k8s.ContainerPort(name=port, container_port=number)
            for port, number in wanted.port_numbers.items()
        ],
        liveness_probe=_liveness(probes),
        readiness_probe=_readiness(probes),
        startup_probe=_startup(probes),
        resources=_requirements(wanted.resources or parts.defaults.resources),
        security_context=k8s.SecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=k8s.Capabilities(drop=["ALL"]),
        ),
        volume_mounts=[mount for each in volumes for mount in each.mounts] or None,
    )


def _env(wanted: Container, stored: Mapping[str, SecretValue]) -> list[k8s.EnvVar]:
    # Secrets first: plain values may refer to them as $(NAME).
    secret = {**wanted.secret_variables, **stored}
    return [
        *(
            k8s.EnvVar(
                name=name,
                value_from=k8s.EnvVarSource(
                    secret_key_ref=k8s.SecretKeySelector(name=value.secret, key=value.key)
                ),
            )
            for name, value in secret.items()
        ),
        *(k8s.EnvVar(name=name, value=value) for name, value in wanted.variables.items()),
    ]


def _env_from(config: ReferenceName | None) -> list[k8s.EnvFromSource] | None:
    if config is None:
        return None
    return [k8s.EnvFromSource(config_map_ref=k8s.ConfigMapEnvSource(name=config))]


def _requirements(resources: Resources) -> k8s.ResourceRequirements:
    return k8s.ResourceRequirements(
        requests={"cpu": resources.cpu, "memory": resources.memory},
        limits={"memory": resources.memory, "ephemeral-storage": resources.ephemeral_storage},
    )


_STARTUP_PERIOD = 5


def _liveness(probes: Probes) -> k8s.Probe:
    """Return a probe that restarts the container after two minutes without an answer."""
    return _probe(probes.liveness, period_seconds=20, failure_threshold=6)


def _readiness(probes: Probes) -> k8s.Probe:
    """Return a probe that stops traffic after half a minute without an answer."""
    return _probe(probes.readiness, period_seconds=10, failure_threshold=3)


def _startup(probes: Probes) -> k8s.Probe | None:
    """Return a probe that delays liveness; None if the start needs no extra time."""
    if probes.startup_seconds is None:
        return None
    times = math.ceil(probes.startup_seconds / _STARTUP_PERIOD)
    return _probe(probes.liveness, period_seconds=_STARTUP_PERIOD, failure_threshold=times)


def _probe(path: str | None, *, period_seconds: int, failure_threshold: int) -> k8s.Probe:
    return k8s.Probe(
        http_get=k8s.HTTPGetAction(path=path, port=HTTP) if path is not None else None,
        tcp_socket=k8s.TCPSocketAction(port=HTTP) if path is None else None,
        period_seconds=period_seconds,
        failure_threshold=failure_threshold,
    )
