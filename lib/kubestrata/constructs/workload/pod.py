"""Pods of workloads, with the same hardening for every workload."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from kubeapis import k8s
from kubestrata.constructs.scaling import Availability, affinity, topology_spread_constraints
from kubestrata.constructs.workload.container import (
    HTTP,
    Container,
    EnvironmentSource,
    Probe,
    Probes,
    Resources,
)
from kubestrata.constructs.workload.environment import variables
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
    *,
    token: bool = False,
) -> k8s.PodSpec:
    """Return a pod spec: non-root, runtime's seccomp profile, spread evenly.

    It has no token unless `token`.
    """
    user = parts.defaults.user
    return k8s.PodSpec(
        service_account_name=parts.service_account,
        automount_service_account_token=token,
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
    """Return a container without capabilities; its root file system is read-only by default."""
    probes = wanted.probes or parts.defaults.probes
    volumes = mounted(wanted, parts.files)
    return k8s.Container(
        name=name,
        image=image,
        image_pull_policy=wanted.pull_policy if wanted.pull_policy != _PULL_POLICY else None,
        command=wanted.command or None,
        args=wanted.args or None,
        env=variables(image, name, wanted, parts) or None,
        env_from=_env_from(parts.config, wanted.env_from) or None,
        ports=[
            k8s.ContainerPort(name=port, container_port=number)
            for port, number in wanted.port_numbers.items()
        ],
        liveness_probe=_probe(probes.liveness_probe),
        readiness_probe=_probe(probes.readiness_probe),
        startup_probe=_startup(probes),
        resources=_requirements(wanted.resources or parts.defaults.resources),
        security_context=k8s.SecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=not wanted.writable_root,
            capabilities=k8s.Capabilities(drop=["ALL"]),
        ),
        volume_mounts=[mount for each in volumes for mount in each.mounts] or None,
    )


def _env_from(
    config: ReferenceName | None, sources: Sequence[EnvironmentSource]
) -> list[k8s.EnvFromSource]:
    own = (
        [k8s.EnvFromSource(config_map_ref=k8s.ConfigMapEnvSource(name=config))]
        if config is not None
        else []
    )
    return [*own, *(_source(each) for each in sources)]


def _source(source: EnvironmentSource) -> k8s.EnvFromSource:
    optional, prefix = source.optional or None, source.prefix or None
    if source.secret is not None:
        secret = k8s.SecretEnvSource(name=source.secret, optional=optional)
        return k8s.EnvFromSource(secret_ref=secret, prefix=prefix)
    config_map = k8s.ConfigMapEnvSource(name=source.config_map or "", optional=optional)
    return k8s.EnvFromSource(config_map_ref=config_map, prefix=prefix)


def _requirements(resources: Resources) -> k8s.ResourceRequirements:
    limits = {
        "memory": resources.memory_limit or resources.memory,
        "ephemeral-storage": resources.ephemeral_storage,
    }
    if resources.cpu_limit is not None:
        limits["cpu"] = resources.cpu_limit
    return k8s.ResourceRequirements(
        requests={"cpu": resources.cpu, "memory": resources.memory}, limits=limits
    )


_STARTUP_PERIOD = 5
# Defaults of Kubernetes for images that are not latest, and for probes.
_PULL_POLICY, _TIMEOUT = "IfNotPresent", 1


def _startup(probes: Probes) -> k8s.Probe | None:
    """Return a probe that delays liveness; None if the start needs no extra time."""
    if probes.startup_seconds is None:
        return None
    times = math.ceil(probes.startup_seconds / _STARTUP_PERIOD)
    path = probes.liveness_probe.path
    return _probe(Probe(path=path, period_seconds=_STARTUP_PERIOD, failure_threshold=times))


def _probe(probe: Probe) -> k8s.Probe:
    path, timeout = probe.path, probe.timeout_seconds
    return k8s.Probe(
        http_get=k8s.HTTPGetAction(path=path, port=HTTP) if path is not None else None,
        tcp_socket=k8s.TCPSocketAction(port=HTTP) if path is None else None,
        initial_delay_seconds=probe.initial_delay_seconds or None,
        period_seconds=probe.period_seconds,
        timeout_seconds=timeout if timeout != _TIMEOUT else None,
        failure_threshold=probe.failure_threshold,
    )
