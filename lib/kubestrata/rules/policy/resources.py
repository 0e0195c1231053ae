"""P33-P38, P100: requests and limits of containers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from kubestrata.core.json_value import sequence
from kubestrata.rules.field import mapping_at
from kubestrata.rules.violation import Severity
from kubestrata.rules.workload.pod import Pod, PodCheck, PodContainer, PodProblem, pod_rule
from kubestrata.rules.workload.quantity import quantity


def _body(each: Pod | PodContainer) -> Mapping[str, Any]:
    return each.spec if isinstance(each, Pod) else each.body


def _said(container: PodContainer | Pod, field: str, resource: str) -> object:
    return mapping_at(_body(container), f"resources.{field}").get(resource)


def _requests(resource: str) -> PodCheck:
    def check(pod: Pod) -> Iterator[PodProblem]:
        if any(_said(pod, field, resource) is not None for field in ("requests", "limits")):
            return
        for each in pod.containers:
            # without a request, the limit is the request
            if (
                _said(each, "requests", resource) is None
                and _said(each, "limits", resource) is None
            ):
                at = f"{each.path}.resources.requests.{resource}"
                yield PodProblem(at, f"{each.name or 'it'} has no request for {resource}")

    return check


def _limits(resource: str) -> PodCheck:
    def check(pod: Pod) -> Iterator[PodProblem]:
        if _said(pod, "limits", resource) is not None:
            return
        for each in pod.containers:
            if _said(each, "limits", resource) is None:
                at = f"{each.path}.resources.limits.{resource}"
                yield PodProblem(at, f"{each.name or 'it'} has no limit for {resource}")

    return check


def _above_limit(pod: Pod) -> Iterator[PodProblem]:
    holders: tuple[Pod | PodContainer, ...] = (pod, *pod.containers)
    for each in holders:
        requests = mapping_at(_body(each), "resources.requests")
        for resource, wanted in requests.items():
            limit = _said(each, "limits", resource)
            asked, allowed = quantity(wanted), quantity(limit)
            if asked is not None and allowed is not None and asked > allowed:
                at = f"{each.path}.resources.requests.{resource}"
                yield PodProblem(at, f"requests {wanted}, above its limit {limit}")


def _overcommitted(pod: Pod) -> Iterator[PodProblem]:
    for each in pod.containers:
        wanted, limit = _said(each, "requests", "memory"), _said(each, "limits", "memory")
        asked, allowed = quantity(wanted), quantity(limit)
        if asked is not None and allowed is not None and asked < allowed:
            at = f"{each.path}.resources.requests.memory"
            yield PodProblem(at, f"requests {wanted}, below its limit {limit}", f"request {limit}")


def _outgrown(pod: Pod) -> Iterator[PodProblem]:
    """Yield the first volume on the node's disk, if all of them exceed the limit of the pod."""
    limits = [(each.init, _disk_limit(each)) for each in pod.containers]
    together = sum((limit for init, limit in limits if not init), Fraction())
    allowed = max([together, *(limit for _, limit in limits)])
    sizes = dict(_disk_volumes(pod))
    size = sum(sizes.values(), Fraction())
    if 0 < allowed < size:
        at = next(iter(sizes))
        limit = f"{_mebibytes(allowed)} of ephemeral storage"
        grown = f"the pod's volumes may grow to {_mebibytes(size)}"
        fix = "raise limits.ephemeral-storage, or lower a sizeLimit"
        yield PodProblem(at, f"{grown}, but it is evicted at {limit}", fix)


def _disk_limit(container: PodContainer) -> Fraction:
    return quantity(_said(container, "limits", "ephemeral-storage")) or Fraction(0)


def _disk_volumes(pod: Pod) -> Iterator[tuple[str, Fraction]]:
    """Yield the path and the number of bytes of the limit of each emptyDir on disk."""
    for index, volume in enumerate(sequence(pod.spec.get("volumes"))):
        folder = mapping_at(volume, "emptyDir")
        size = quantity(folder.get("sizeLimit"))
        if size is not None and not folder.get("medium"):
            yield f"{pod.path}.volumes[{index}].emptyDir.sizeLimit", size


def _mebibytes(amount: Fraction) -> str:
    return f"{math.ceil(amount / 2**20)}Mi"


RULES = (
    pod_rule(
        "P33",
        "containers have a CPU request",
        "they are scheduled to full nodes, and get no CPU time there",
        _requests("cpu"),
        severity=Severity.WARNING,
        also=("kube-linter/unset-cpu-requirements", "polaris/cpuRequestsMissing"),
    ),
    pod_rule(
        "P34",
        "containers have a memory request",
        "they are scheduled to full nodes, and are evicted first",
        _requests("memory"),
        severity=Severity.WARNING,
        also=("polaris/memoryRequestsMissing",),
    ),
    pod_rule(
        "P35",
        "containers have a memory limit",
        "a memory leak affects all pods of the node",
        _limits("memory"),
        severity=Severity.WARNING,
        also=(
            "kube-linter/unset-memory-requirements",
            "polaris/memoryLimitsMissing",
            "kube-score/container-resources",
        ),
    ),
    pod_rule(
        "P36",
        "requests of containers are not above their limits",
        "the API server rejects the pod",
        _above_limit,
        severity=Severity.ERROR,
        in_charts=Severity.ERROR,
    ),
    pod_rule(
        "P37",
        "memory requests of containers equal their limits",
        "memory above the request is reclaimed by killing the container",
        _overcommitted,
        severity=Severity.NOTE,
        profile="restricted",
        also=(
            "kube-score/container-memory-requests-equal-limits",
            "kube-score/container-resource-requests-equal-limits",
        ),
    ),
    pod_rule(
        "P38",
        "containers have a limit for ephemeral storage",
        "logs without bound fill the disk of the node",
        _limits("ephemeral-storage"),
        severity=Severity.NOTE,
        profile="restricted",
        also=("kube-score/container-ephemeral-storage-request-and-limit",),
    ),
    pod_rule(
        "P100",
        "the volumes of a pod on the node's disk fit its limit of ephemeral storage",
        "the node evicts the pod before its volumes are full",
        _outgrown,
        severity=Severity.WARNING,
    ),
)
