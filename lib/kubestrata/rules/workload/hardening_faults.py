"""Requirements of Kubernetes' Pod Security Standard `restricted` beyond `baseline`."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import values
from kubestrata.rules.workload.host_faults import added
from kubestrata.rules.workload.pod import Pod, PodCheck, PodProblem

_VOLUMES = frozenset(
    (
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "name",
        "persistentVolumeClaim",
        "projected",
        "secret",
    )
)
_SECCOMP = ("RuntimeDefault", "Localhost")


def runs_as_root(pod: Pod) -> Iterator[PodProblem]:
    """Yield containers that run as root, or may do so."""
    pod_user, pod_non_root = pod.security.get("runAsUser"), pod.security.get("runAsNonRoot")
    for each in pod.containers:
        at = f"{each.path}.securityContext"
        user = each.security.get("runAsUser", pod_user)
        non_root = each.security.get("runAsNonRoot", pod_non_root)
        if user == 0:
            yield PodProblem(f"{at}.runAsUser", "runAsUser is 0", "set another user")
        elif non_root is False and not user:
            yield PodProblem(f"{at}.runAsNonRoot", "runAsNonRoot is false", "set it to true")
        elif non_root is None and not user:
            yield PodProblem(f"{at}.runAsNonRoot", "the image may run as root", "set it to true")


def _is_not_refused_as_root(pod: Pod) -> Iterator[PodProblem]:
    pod_non_root = pod.security.get("runAsNonRoot")
    if pod.security.get("runAsUser") == 0:
        yield PodProblem(f"{pod.path}.securityContext.runAsUser", "runAsUser is 0")
    for each in pod.containers:
        at = f"{each.path}.securityContext"
        if each.security.get("runAsNonRoot", pod_non_root) is not True:
            yield PodProblem(f"{at}.runAsNonRoot", "runAsNonRoot is not true", "set it to true")
        if each.security.get("runAsUser") == 0:
            yield PodProblem(f"{at}.runAsUser", "runAsUser is 0")


def escalation(pod: Pod) -> Iterator[PodProblem]:
    """Yield containers whose processes may gain more privileges than their parent."""
    if pod.is_windows:
        return
    for each in pod.containers:
        allowed = each.security.get("allowPrivilegeEscalation")
        if allowed is not False:
            said = "is not set" if allowed is None else f"is {str(allowed).lower()}"
            at = f"{each.path}.securityContext.allowPrivilegeEscalation"
            yield PodProblem(at, f"allowPrivilegeEscalation {said}", "set it to false")


def kept_capabilities(pod: Pod) -> Iterator[PodProblem]:
    """Yield containers that keep the default capabilities, or add one."""
    if pod.is_windows:
        return
    for each in pod.containers:
        at = f"{each.path}.securityContext.capabilities"
        dropped = sequence(mapping(each.security.get("capabilities")).get("drop"))
        if "ALL" not in dropped and "all" not in dropped:
            said = f"drops only {', '.join(map(str, dropped))}" if dropped else "drops none"
            yield PodProblem(f"{at}.drop", said, "drop ALL")
        more = [name for name in added(each) if name != "NET_BIND_SERVICE"]
        if more:
            yield PodProblem(f"{at}.add", f"adds {', '.join(more)}")


def seccomp(pod: Pod) -> Iterator[PodProblem]:
    """Yield containers that may make any system call."""
    if pod.is_windows:
        return
    default = mapping(pod.security.get("seccompProfile")).get("type")
    for each in pod.containers:
        kind = mapping(each.security.get("seccompProfile")).get("type", default)
        if kind not in _SECCOMP:
            said = f"seccompProfile is {kind}" if kind else "no seccompProfile"
            at = f"{each.path}.securityContext.seccompProfile.type"
            yield PodProblem(at, said, "set RuntimeDefault")


def _volumes(pod: Pod) -> Iterator[PodProblem]:
    for at, each in values(pod.spec, "volumes[]"):
        for kind in mapping(each):
            if kind not in _VOLUMES:
                yield PodProblem(f"{pod.path}.{at}.{kind}", f"a volume of type {kind}")


RESTRICTED: tuple[PodCheck, ...] = (
    _is_not_refused_as_root,
    escalation,
    kept_capabilities,
    seccomp,
    _volumes,
)
"""The checks of the standard `restricted` beyond `baseline`."""
