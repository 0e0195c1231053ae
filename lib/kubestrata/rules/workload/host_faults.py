"""Requirements of Kubernetes' Pod Security Standard `baseline`: no access to the node."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import value_at, values
from kubestrata.rules.workload.pod import Pod, PodCheck, PodContainer, PodProblem

DEFAULT_CAPABILITIES = frozenset(
    (
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    )
)
_SAFE_SYSCTLS = frozenset(
    (
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    )
)
_SELINUX_TYPES = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS = ("postStart", "preStop")
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"


def privileged(pod: Pod) -> Iterator[PodProblem]:
    """Yield privileged containers."""
    for each in pod.containers:
        if each.security.get("privileged") is True:
            at = f"{each.path}.securityContext.privileged"
            yield PodProblem(at, "privileged is true", "remove it")


def _shares(field: str) -> Callable[[Pod], Iterator[PodProblem]]:
    def check(pod: Pod) -> Iterator[PodProblem]:
        if pod.spec.get(field) is True:
            yield PodProblem(f"{pod.path}.{field}", f"{field} is true", "remove it")

    return check


host_network = _shares("hostNetwork")
host_pid = _shares("hostPID")
host_ipc = _shares("hostIPC")


def added(container: PodContainer) -> list[str]:
    """Return the capabilities that a container adds, without CAP_."""
    wanted = sequence(mapping(container.security.get("capabilities")).get("add"))
    return [str(each).upper().removeprefix("CAP_") for each in wanted]


def capabilities(pod: Pod) -> Iterator[PodProblem]:
    """Yield capabilities beyond the default ones."""
    for each in pod.containers:
        if not each.security:
            continue
        more = [name for name in added(each) if name not in DEFAULT_CAPABILITIES]
        if more:
            at = f"{each.path}.securityContext.capabilities.add"
            yield PodProblem(at, f"adds {', '.join(more)}", "remove it")


def host_ports(pod: Pod) -> Iterator[PodProblem]:
    """Yield host ports; on the host network every port is one already."""
    for each in pod.containers:
        for at, number in values(each.body, "ports[].hostPort"):
            if number:
                said = f"uses host port {number}"
                yield PodProblem(f"{each.path}.{at}", said, "remove it, and use a Service")


def host_paths(pod: Pod) -> Iterator[tuple[str, str, str]]:
    """Yield the hostPath volumes: field, name and path."""
    for at, volume in values(pod.spec, "volumes[]"):
        path = value_at(volume, "hostPath.path")
        if path is not None:
            yield f"{pod.path}.{at}.hostPath.path", str(volume.get("name", "")), str(path)


def _host_path_volumes(pod: Pod) -> Iterator[PodProblem]:
    for at, _, path in host_paths(pod):
        yield PodProblem(at, f"mounts {path} of the node")


def proc_mount(pod: Pod) -> Iterator[PodProblem]:
    """Yield containers with an unmasked /proc."""
    for each in pod.containers:
        kind = each.security.get("procMount")
        if kind not in (None, "Default"):
            at = f"{each.path}.securityContext.procMount"
            yield PodProblem(at, f"procMount is {kind}", "remove it")


def sysctls(pod: Pod) -> Iterator[PodProblem]:
    """Yield sysctls that affect more than the pod, or that kubelets reject."""
    for at, each in values(pod.security, "sysctls[]"):
        name = str(mapping(each).get("name"))
        if name not in _SAFE_SYSCTLS:
            yield PodProblem(f"{pod.path}.securityContext.{at}.name", f"sets {name}")


def host_process(pod: Pod) -> Iterator[PodProblem]:
    """Yield Windows containers that are processes of the node."""
    for at, security in contexts(pod):
        if mapping(security.get("windowsOptions")).get("hostProcess") is True:
            path = f"{at}.windowsOptions.hostProcess"
            yield PodProblem(path, "hostProcess is true", "remove it")


def contexts(pod: Pod) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every declared security context, of the pod and of its containers."""
    if pod.security:
        yield f"{pod.path}.securityContext", pod.security
    for each in pod.containers:
        if each.security:
            yield f"{each.path}.securityContext", each.security


def _profiles(pod: Pod) -> Iterator[PodProblem]:
    for at, security in contexts(pod):
        for field in ("seccompProfile", "appArmorProfile"):
            if mapping(security.get(field)).get("type") == "Unconfined":
                yield PodProblem(
                    f"{at}.{field}.type", f"{field} is Unconfined", "set RuntimeDefault"
                )
        options = mapping(security.get("seLinuxOptions"))
        if options.get("type", "") not in _SELINUX_TYPES:
            yield PodProblem(f"{at}.seLinuxOptions.type", f"SELinux type is {options['type']}")
        for field in ("role", "user"):
            if options.get(field):
                yield PodProblem(
                    f"{at}.seLinuxOptions.{field}", f"SELinux {field} is {options[field]}"
                )


def _annotated(pod: Pod) -> Iterator[PodProblem]:
    if pod.workload.identity.kind != "Pod":
        return
    for key, value in pod.workload.annotations.items():
        if key.startswith(_APPARMOR) and value == "unconfined":
            yield PodProblem("metadata.annotations", f"{key} is {value}")


def probed_hosts(pod: Pod) -> Iterator[PodProblem]:
    """Yield probes and hooks that make the kubelet connect to another host; rejected since 1.34."""
    for each in pod.containers:
        lifecycle = mapping(each.body.get("lifecycle"))
        places = {name: mapping(each.body.get(name)) for name in _PROBES}
        places |= {f"lifecycle.{name}": mapping(lifecycle.get(name)) for name in _HOOKS}
        for name, body in places.items():
            for kind in ("httpGet", "tcpSocket"):
                host = mapping(body.get(kind)).get("host")
                if host:
                    at = f"{each.path}.{name}.{kind}.host"
                    yield PodProblem(at, f"the kubelet connects to {host}", "remove it")


BASELINE: tuple[PodCheck, ...] = (
    privileged,
    host_network,
    host_pid,
    host_ipc,
    capabilities,
    host_ports,
    _host_path_volumes,
    proc_mount,
    sysctls,
    host_process,
    _profiles,
    _annotated,
)
"""The checks of the standard `baseline`."""
