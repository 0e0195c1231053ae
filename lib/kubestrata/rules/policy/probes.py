"""P29-P32: probes of containers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import value_at
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import Pod, PodProblem, pod_rule, pods_of, served_pods

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS = ("exec", "grpc", "httpGet", "tcpSocket")


def _has(pod: Pod, probe: str) -> bool:
    return any(each.body.get(probe) for each in pod.containers)


def _unready(tree: ClusterTree) -> Iterator[Finding]:
    served = served_pods(tree)
    for pod in pods_of(tree):
        if pod in served and pod.is_long_running and not _has(pod, "readinessProbe"):
            at = f"{pod.path}.containers"
            yield pod.workload.finding(at, "a Service sends to it, and it has no readinessProbe")


def _unwatched(pod: Pod) -> Iterator[PodProblem]:
    if pod.is_long_running and pod.containers and not _has(pod, "livenessProbe"):
        yield PodProblem(f"{pod.path}.containers", "no livenessProbe")


def _handler(probe: Mapping[str, Any]) -> dict[str, Any]:
    return {name: probe[name] for name in _HANDLERS if probe.get(name)}


def _patience(probe: Mapping[str, Any]) -> float:
    period, failures = probe.get("periodSeconds") or 10, probe.get("failureThreshold") or 3
    try:
        return float(period) * float(failures)
    except (TypeError, ValueError):
        return float("inf")


def _identical(pod: Pod) -> Iterator[PodProblem]:
    for each in pod.containers:
        alive, ready = (mapping(each.body.get(name)) for name in _PROBES[:2])
        # the same handler is valid if far more failures restart the container than stop requests
        if alive and _handler(alive) == _handler(ready) and _patience(alive) <= _patience(ready):
            said = "has the handler of readinessProbe, and fails as soon"
            fix = "raise failureThreshold"
            yield PodProblem(f"{each.path}.livenessProbe", said, fix)


def _ports(pod: Pod) -> Iterator[PodProblem]:
    for each in pod.containers:
        names: set[str] | None = None
        for probe in _PROBES:
            for kind in _HANDLERS:
                port = value_at(each.body, f"{probe}.{kind}.port")
                if not isinstance(port, str) or port.isdigit() or "${" in port:
                    continue
                if names is None:
                    ports = sequence(each.body.get("ports"))
                    names = {str(mapping(one).get("name", "")) for one in ports} - {""}
                if port not in names:
                    here = f"name one of {', '.join(sorted(names))}" if names else ""
                    said = f"the container has no port {port}"
                    yield PodProblem(f"{each.path}.{probe}.{kind}.port", said, here)


RULES = (
    Rule(
        "P29",
        "pods behind a Service have a readiness probe",
        "requests reach them before they are ready, and fail during every rollout",
        _unready,
        Severity.WARNING,
        "baseline",
        (
            "kube-linter/no-readiness-probe",
            "polaris/readinessProbeMissing",
            "kube-score/pod-probes",
        ),
        in_charts=Severity.WARNING,
    ),
    pod_rule(
        "P30",
        "long-running containers have a liveness probe",
        "a container that hangs is not restarted",
        _unwatched,
        severity=Severity.NOTE,
        profile="restricted",
        also=("kube-linter/no-liveness-probe", "polaris/livenessProbeMissing"),
    ),
    pod_rule(
        "P31",
        "liveness and readiness probes differ",
        "a pod that is only overloaded is restarted",
        _identical,
        severity=Severity.WARNING,
        also=("kube-score/pod-probes-identical",),
    ),
    pod_rule(
        "P32",
        "probes use a port name of their container",
        "the probe fails, and the container is never ready or restarts forever",
        _ports,
        severity=Severity.ERROR,
        also=(
            "kube-linter/liveness-port",
            "kube-linter/readiness-port",
            "kube-linter/startup-port",
        ),
        in_charts=Severity.ERROR,
    ),
)
