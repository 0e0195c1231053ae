"""P11-P21: access of pods to the node."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping
from kubestrata.rules.field import values
from kubestrata.rules.violation import Severity
from kubestrata.rules.workload import host_faults
from kubestrata.rules.workload.pod import Pod, PodProblem, pod_rule

_SENSITIVE = ("", "/boot", "/dev", "/etc", "/lib", "/proc", "/root", "/sys", "/usr", "/var")
_SOCKETS = ("docker.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock", "podman.sock")


def _is_socket(path: str) -> bool:
    return path.endswith(_SOCKETS)


def _is_sensitive(path: str) -> bool:
    return path.rstrip("/") in _SENSITIVE


def _paths(pod: Pod) -> Iterator[PodProblem]:
    for at, _, path in host_faults.host_paths(pod):
        if not _is_sensitive(path) and not _is_socket(path):
            yield PodProblem(at, f"mounts {path} of the node")


def _sensitive(pod: Pod) -> Iterator[PodProblem]:
    for at, _, path in host_faults.host_paths(pod):
        if _is_sensitive(path):
            yield PodProblem(at, f"mounts {path} of the node")


def _sockets(pod: Pod) -> Iterator[PodProblem]:
    for at, _, path in host_faults.host_paths(pod):
        if _is_socket(path):
            yield PodProblem(at, f"mounts {path}")


def _writable(pod: Pod) -> Iterator[PodProblem]:
    paths = {name: path for _, name, path in host_faults.host_paths(pod)}
    if not paths:
        return
    for each in pod.containers:
        for at, mount in values(each.body, "volumeMounts[]"):
            path = paths.get(str(mapping(mount).get("name")))
            if path and mapping(mount).get("readOnly") is not True:
                said = f"{path} of the node is writable"
                yield PodProblem(f"{each.path}.{at}.readOnly", said, "set it to true")


def _low_ports(pod: Pod) -> Iterator[PodProblem]:
    for at, number in _ports(pod):
        if 0 < number < 1024 and number != 22:
            yield PodProblem(at, f"listens on port {number}", "use a port of 1024 or higher")


def _ssh(pod: Pod) -> Iterator[PodProblem]:
    for at, number in _ports(pod):
        if number == 22:
            yield PodProblem(at, "listens on port 22 (SSH)")


def _ports(pod: Pod) -> Iterator[tuple[str, int]]:
    for each in pod.containers:
        for at, number in values(each.body, "ports[].containerPort"):
            if isinstance(number, int):
                yield f"{each.path}.{at}", number


RULES = (
    pod_rule(
        "P11",
        "pods have their own network namespace",
        "on the host network, network policies do not apply and local services of the node are "
        "reachable",
        host_faults.host_network,
        severity=Severity.WARNING,
        also=("kube-linter/host-network", "polaris/hostNetworkSet"),
    ),
    pod_rule(
        "P12",
        "pods do not share the node's process namespace",
        "environments and files of host processes can be read",
        host_faults.host_pid,
        severity=Severity.ERROR,
        also=("kube-linter/host-pid", "polaris/hostPIDSet"),
    ),
    pod_rule(
        "P13",
        "pods do not share the node's IPC namespace",
        "shared memory of other processes can be read",
        host_faults.host_ipc,
        severity=Severity.ERROR,
        also=("kube-linter/host-ipc", "polaris/hostIPCSet"),
    ),
    pod_rule(
        "P14",
        "containers use no host ports",
        "only one pod per node can use the port, and network policies do not apply to it",
        host_faults.host_ports,
        severity=Severity.WARNING,
        also=("polaris/hostPortSet",),
    ),
    pod_rule(
        "P15",
        "pods have no hostPath volumes",
        "data stays on the node, and data of the node can be read",
        _paths,
        severity=Severity.WARNING,
        also=("polaris/hostPathSet",),
    ),
    pod_rule(
        "P16",
        "pods mount no system folders of the node",
        "write access to them is root access to the node",
        _sensitive,
        severity=Severity.ERROR,
        also=("kube-linter/sensitive-host-mounts",),
    ),
    pod_rule(
        "P17",
        "pods mount no socket of the container runtime",
        "the socket allows starting privileged containers",
        _sockets,
        severity=Severity.ERROR,
        also=("kube-linter/docker-sock",),
    ),
    pod_rule(
        "P18",
        "hostPath volumes are mounted read-only",
        "a pod can change files that other pods and the node use",
        _writable,
        severity=Severity.WARNING,
        profile="restricted",
        also=("kube-linter/writable-host-mount",),
    ),
    pod_rule(
        "P19",
        "Windows containers are not HostProcess containers",
        "they have the rights of an administrator on the node",
        host_faults.host_process,
        severity=Severity.ERROR,
        also=("polaris/hostProcess",),
    ),
    pod_rule(
        "P20",
        "containers listen on ports of 1024 or higher",
        "lower ports need an extra capability",
        _low_ports,
        severity=Severity.NOTE,
        profile="restricted",
        also=("kube-linter/privileged-ports",),
    ),
    pod_rule(
        "P21",
        "no container runs an SSH server",
        "it gives access to the container beside the API server",
        _ssh,
        severity=Severity.WARNING,
        also=("kube-linter/ssh-port",),
    ),
)
