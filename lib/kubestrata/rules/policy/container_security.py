"""P01-P10, P98: security contexts of containers."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.violation import Severity
from kubestrata.rules.workload import hardening_faults, host_faults
from kubestrata.rules.workload.pod import Pod, PodProblem, pod_rule

_HIGH = 10_000
"""Lower IDs may belong to users of the host."""


def _low_ids(pod: Pod) -> Iterator[PodProblem]:
    if pod.is_windows:
        return
    for each in pod.containers:
        for field in ("runAsUser", "runAsGroup"):
            number = each.security.get(field, pod.security.get(field))
            at = f"{each.path}.securityContext.{field}"
            if number is None:
                yield PodProblem(at, f"{field} is not set", f"set {_HIGH} or higher")
            elif isinstance(number, int) and number < _HIGH:
                yield PodProblem(at, f"{field} is {number}", f"set {_HIGH} or higher")


def _writable_root(pod: Pod) -> Iterator[PodProblem]:
    if pod.is_windows:
        return
    for each in pod.containers:
        if each.security.get("readOnlyRootFilesystem") is not True:
            at = f"{each.path}.securityContext.readOnlyRootFilesystem"
            yield PodProblem(at, "the root filesystem is writable", "set it to true")


def _refused_root(pod: Pod) -> Iterator[PodProblem]:
    pod_user, pod_non_root = pod.security.get("runAsUser"), pod.security.get("runAsNonRoot")
    for each in pod.containers:
        user = each.security.get("runAsUser", pod_user)
        if user == 0 and each.security.get("runAsNonRoot", pod_non_root) is True:
            said = "runAsUser is 0, and runAsNonRoot is true"
            fix = "set another user; fsGroup lets it write to volumes"
            yield PodProblem(f"{each.path}.securityContext.runAsUser", said, fix)


def _kept(pod: Pod) -> Iterator[PodProblem]:
    for fault in hardening_faults.kept_capabilities(pod):
        if fault.path.endswith(".drop"):
            yield fault


RULES = (
    pod_rule(
        "P01",
        "containers do not run as root",
        "a root process that escapes its container is root on the node",
        hardening_faults.runs_as_root,
        severity=Severity.WARNING,
        profile="restricted",
        also=("kube-linter/run-as-non-root", "polaris/runAsRootAllowed"),
    ),
    pod_rule(
        "P02",
        "containers run with UID and GID of 10000 or higher",
        "low IDs may collide with users of the host",
        _low_ids,
        severity=Severity.NOTE,
        profile="restricted",
        also=("kube-score/container-security-context-user-group-id",),
    ),
    pod_rule(
        "P03",
        "the root filesystem of a container is read-only",
        "an intruder can replace the programs of the image",
        _writable_root,
        severity=Severity.WARNING,
        profile="restricted",
        also=(
            "kube-linter/no-read-only-root-fs",
            "polaris/notReadOnlyRootFilesystem",
            "kube-score/container-security-context-readonlyrootfilesystem",
        ),
    ),
    pod_rule(
        "P04",
        "processes of a container cannot gain privileges",
        "a setuid program makes any user root",
        hardening_faults.escalation,
        severity=Severity.WARNING,
        profile="restricted",
        also=("kube-linter/privilege-escalation-container", "polaris/privilegeEscalationAllowed"),
    ),
    pod_rule(
        "P05",
        "no container is privileged",
        "a privileged container has root access to the node",
        host_faults.privileged,
        severity=Severity.ERROR,
        also=(
            "kube-linter/privileged-container",
            "polaris/runAsPrivileged",
            "kube-score/container-security-context-privileged",
        ),
    ),
    pod_rule(
        "P06",
        "containers drop all capabilities",
        "the defaults include raw sockets and changing owners of files",
        _kept,
        severity=Severity.WARNING,
        profile="restricted",
        also=("kube-linter/drop-net-raw-capability", "polaris/insecureCapabilities"),
    ),
    pod_rule(
        "P07",
        "containers add no capabilities beyond the defaults",
        "SYS_ADMIN and the like allow access to the node",
        host_faults.capabilities,
        severity=Severity.ERROR,
        also=("polaris/dangerousCapabilities",),
    ),
    pod_rule(
        "P08",
        "containers have a seccomp profile",
        "every system call of the kernel is allowed",
        hardening_faults.seccomp,
        severity=Severity.WARNING,
        profile="restricted",
        also=("kube-score/container-seccomp-profile", "polaris/linuxHardening"),
    ),
    pod_rule(
        "P09",
        "/proc is masked",
        "unmasked /proc exposes host state, and lets it be changed",
        host_faults.proc_mount,
        severity=Severity.ERROR,
        also=("kube-linter/unsafe-proc-mount", "polaris/procMount"),
    ),
    pod_rule(
        "P10",
        "pods set only safe sysctls",
        "other sysctls affect the whole node, and the kubelet rejects them",
        host_faults.sysctls,
        severity=Severity.ERROR,
        also=("kube-linter/unsafe-sysctls",),
    ),
    pod_rule(
        "P98",
        "no container runs as root in a pod that must not",
        "the kubelet does not start the container",
        _refused_root,
        severity=Severity.ERROR,
        in_charts=Severity.ERROR,
    ),
)
