"""Containers of a pod, each with its own volumes and the same hardening."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from kubeapis import k8s
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.environment import variables
from kubestrata.constructs.workload.lifecycle import Hook
from kubestrata.constructs.workload.pod_parts import PodParts, make_parts
from kubestrata.constructs.workload.pod_plan import PodPlan
from kubestrata.constructs.workload.pod_settings import ExtraContainer
from kubestrata.constructs.workload.port import ProtocolPort
from kubestrata.constructs.workload.probe import Probe, Probes
from kubestrata.constructs.workload.resources import Resources
from kubestrata.constructs.workload.value_source import EnvironmentSource
from kubestrata.constructs.workload.volume_mount import mounted, shared_mounts
from kubestrata.core.node import Construct
from kubestrata.core.reference import ReferenceName
from kubestrata.core.value.image import Image


def extra_container(
    scope: Construct, plan: PodPlan, named: tuple[str, ExtraContainer], account: str
) -> BuiltContainer:
    """Build a container beside the main one, by its name."""
    name, container = named
    return BuiltContainer(scope, plan, name, container.image, container, account)


class BuiltContainer:
    """One container with its own volumes."""

    def __init__(
        self,
        scope: Construct,
        plan: PodPlan,
        name: str,
        image: Image,
        wanted: Container,
        account: str,
    ) -> None:
        is_main = name == plan.id
        self._plan, self._wanted = plan, wanted
        self.parts = make_parts(scope, name if is_main else f"{plan.id}-{name}", wanted, account)
        own = mounted(wanted, self.parts.files, "" if is_main else f"{name}-")
        self.volumes = [each.volume for each in own]
        mounts = [mount for each in own for mount in each.mounts]
        mounts += shared_mounts(wanted, plan.settings.volumes)
        self.container = _container(name, image, wanted, self.parts, mounts)

    @property
    def main(self) -> k8s.Container:
        """Return the main container; that of a job has no ports and probes."""
        if self._plan.is_job:
            return self.initial
        default = self.parts.defaults.probes if self._wanted.port is not None else None
        return self._served(default)

    @property
    def sidecar(self) -> k8s.Container:
        """Return a container that runs beside the main one."""
        return self._served(None)

    @property
    def initial(self) -> k8s.Container:
        """Return a container that ends by itself."""
        return self.container

    def _served(self, default: Probes | None) -> k8s.Container:
        wanted = self._wanted
        if default is None:
            default = Probes.tcp() if wanted.probed_port is not None else Probes.none()
        probes = wanted.probes or default
        return msgspec.structs.replace(
            self.container,
            ports=[_port(name, port) for name, port in wanted.all_ports.items()] or None,
            liveness_probe=_probe(probes.liveness_probe, wanted),
            readiness_probe=_probe(probes.readiness_probe, wanted),
            startup_probe=_startup(probes, wanted),
        )


def _container(
    name: str, image: Image, wanted: Container, parts: PodParts, mounts: list[k8s.VolumeMount]
) -> k8s.Container:
    """Return a container without capabilities; its root file system is read-only by default."""
    return k8s.Container(
        name=name,
        image=image,
        image_pull_policy=wanted.pull_policy if wanted.pull_policy != _PULL_POLICY else None,
        command=wanted.command or None,
        args=wanted.args or None,
        working_dir=wanted.working_folder,
        env=variables(image, name, wanted, parts) or None,
        env_from=_env_from(parts.config, wanted.env_from) or None,
        lifecycle=_lifecycle(wanted),
        resources=_requirements(wanted.resources or parts.defaults.resources),
        security_context=_container_security(wanted),
        volume_mounts=mounts or None,
    )


def _container_security(wanted: Container) -> k8s.SecurityContext:
    freedoms = {each.freedom: each for each in wanted.exceptions}
    privileged, root = "privileged" in freedoms, "root" in freedoms
    added = list(freedoms["capabilities"].names) if "capabilities" in freedoms else None
    # A privileged container has all capabilities, and may gain privileges.
    dropped = None if privileged else ["ALL"]
    unconfined = k8s.SeccompProfile(type="Unconfined") if "unconfined" in freedoms else None
    return k8s.SecurityContext(
        privileged=True if privileged else None,
        allow_privilege_escalation=None if privileged else "privilege-escalation" in freedoms,
        read_only_root_filesystem=not (wanted.writable_root or "writable-root" in freedoms),
        capabilities=k8s.Capabilities(drop=dropped, add=added) if dropped or added else None,
        run_as_non_root=False if root else None,
        run_as_user=0 if root else wanted.user,
        run_as_group=0 if root else wanted.user,
        seccomp_profile=unconfined,
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
    devices = {name: str(number) for name, number in resources.devices.items()}
    requests: dict[str, str] = {"cpu": resources.cpu, "memory": resources.memory}
    limits: dict[str, str] = {
        "memory": resources.memory_limit or resources.memory,
        "ephemeral-storage": resources.ephemeral_storage,
    }
    if resources.ephemeral_storage_request is not None:
        requests["ephemeral-storage"] = resources.ephemeral_storage_request
    if resources.cpu_limit is not None:
        limits["cpu"] = resources.cpu_limit
    return k8s.ResourceRequirements(requests={**requests, **devices}, limits={**limits, **devices})


def _port(name: str, port: ProtocolPort) -> k8s.ContainerPort:
    protocol = port.protocol if port.protocol != _PROTOCOL else None
    return k8s.ContainerPort(
        name=name,
        container_port=port.number,
        protocol=protocol,
        host_port=port.number if port.node is not None else None,
    )


_STARTUP_PERIOD = 5
# Defaults of Kubernetes for images that are not latest, for ports, and for probes.
_PULL_POLICY, _PROTOCOL, _TIMEOUT = "IfNotPresent", "TCP", 1


def _startup(probes: Probes, wanted: Container) -> k8s.Probe | None:
    """Return a probe that delays liveness; None if the start needs no extra time."""
    if probes.startup_seconds is None:
        return None
    times = math.ceil(probes.startup_seconds / _STARTUP_PERIOD)
    probe = msgspec.structs.replace(
        probes.liveness_probe,
        initial_delay_seconds=0,
        period_seconds=_STARTUP_PERIOD,
        timeout_seconds=_TIMEOUT,
        failure_threshold=times,
    )
    return _probe(probe, wanted)


def _probe(probe: Probe, wanted: Container) -> k8s.Probe | None:
    if probe.disabled:
        return None
    timeout = probe.timeout_seconds
    made = k8s.Probe(
        initial_delay_seconds=probe.initial_delay_seconds or None,
        period_seconds=probe.period_seconds,
        timeout_seconds=timeout if timeout != _TIMEOUT else None,
        failure_threshold=probe.failure_threshold,
    )
    replace = msgspec.structs.replace
    if probe.command:
        return replace(made, exec=k8s.ExecAction(command=list(probe.command)))
    port = probe.port or wanted.probed_port or ""
    if probe.grpc is not None:
        number = wanted.port_numbers[port]
        return replace(made, grpc=k8s.GRPCAction(port=number, service=probe.grpc or None))
    if probe.path is None:
        return replace(made, tcp_socket=k8s.TCPSocketAction(port=port))
    return replace(
        made,
        http_get=k8s.HTTPGetAction(
            path=probe.path,
            port=port,
            scheme=probe.scheme if probe.scheme != "HTTP" else None,
            http_headers=[
                k8s.HTTPHeader(name=name, value=value) for name, value in probe.headers.items()
            ]
            or None,
        ),
    )


def _lifecycle(wanted: Container) -> k8s.Lifecycle | None:
    declared = wanted.lifecycle
    if declared is None:
        return None
    return k8s.Lifecycle(
        post_start=_hook(declared.post_start, wanted) if declared.post_start else None,
        pre_stop=_hook(declared.pre_stop, wanted) if declared.pre_stop else None,
    )


def _hook(hook: Hook, wanted: Container) -> k8s.LifecycleHandler:
    if hook.command:
        return k8s.LifecycleHandler(exec=k8s.ExecAction(command=list(hook.command)))
    if hook.sleep_seconds is not None:
        return k8s.LifecycleHandler(sleep=k8s.SleepAction(seconds=hook.sleep_seconds))
    port = hook.port or wanted.probed_port or ""
    return k8s.LifecycleHandler(http_get=k8s.HTTPGetAction(path=hook.path, port=port))
