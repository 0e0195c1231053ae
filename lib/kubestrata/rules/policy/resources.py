"""P33-P38: what containers ask of the node, and how much they may take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.json_value import mapping
from kubestrata.rules.policy.pods import Container, Fault, JudgePod, Pod, pod_rule
from kubestrata.rules.policy.quantity import quantity
from kubestrata.rules.violation import Severity


def _body(each: Pod | Container) -> Mapping[str, Any]:
    return each.spec if isinstance(each, Pod) else each.body


def _said(container: Container | Pod, field: str, resource: str) -> object:
    return mapping(mapping(_body(container).get("resources")).get(field)).get(resource)


def _requests(resource: str) -> JudgePod:
    def judge(pod: Pod) -> Iterator[Fault]:
        if any(_said(pod, field, resource) is not None for field in ("requests", "limits")):
            return
        for each in pod.containers:
            # without a request, the limit is the request
            if (
                _said(each, "requests", resource) is None
                and _said(each, "limits", resource) is None
            ):
                at = f"{each.path}.resources.requests.{resource}"
                yield Fault(at, f"{each.name or 'it'} requests no {resource}")

    return judge


def _limits(resource: str) -> JudgePod:
    def judge(pod: Pod) -> Iterator[Fault]:
        if _said(pod, "limits", resource) is not None:
            return
        for each in pod.containers:
            if _said(each, "limits", resource) is None:
                at = f"{each.path}.resources.limits.{resource}"
                yield Fault(at, f"{each.name or 'it'} has no limit of {resource}")

    return judge


def _above_limit(pod: Pod) -> Iterator[Fault]:
    holders: tuple[Pod | Container, ...] = (pod, *pod.containers)
    for each in holders:
        requests = mapping(mapping(_body(each).get("resources")).get("requests"))
        for resource, wanted in requests.items():
            limit = _said(each, "limits", resource)
            asked, allowed = quantity(wanted), quantity(limit)
            if asked is not None and allowed is not None and asked > allowed:
                at = f"{each.path}.resources.requests.{resource}"
                yield Fault(at, f"requests {wanted}, above its limit {limit}")


def _overcommitted(pod: Pod) -> Iterator[Fault]:
    for each in pod.containers:
        wanted, limit = _said(each, "requests", "memory"), _said(each, "limits", "memory")
        asked, allowed = quantity(wanted), quantity(limit)
        if asked is not None and allowed is not None and asked < allowed:
            at = f"{each.path}.resources.requests.memory"
            yield Fault(at, f"requests {wanted}, may take {limit}", f"request {limit}")


RULES = (
    pod_rule(
        "P33",
        "containers request CPU",
        "they are put on nodes that have none left, and get none there",
        _requests("cpu"),
        severity=Severity.WARNING,
        also=("kube-linter/unset-cpu-requirements", "polaris/cpuRequestsMissing"),
    ),
    pod_rule(
        "P34",
        "containers request memory",
        "they are put on nodes that have none left, and are killed first",
        _requests("memory"),
        severity=Severity.WARNING,
        also=("polaris/memoryRequestsMissing",),
    ),
    pod_rule(
        "P35",
        "containers have a limit of memory",
        "one that leaks takes the memory of all pods of its node",
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
        "containers request no more than their limits",
        "the API server refuses the pod",
        _above_limit,
        severity=Severity.ERROR,
    ),
    pod_rule(
        "P37",
        "containers request the memory that they may take",
        "what is above the request is taken back by killing",
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
        "containers have a limit of ephemeral storage",
        "one that logs without end fills the disk of its node",
        _limits("ephemeral-storage"),
        severity=Severity.NOTE,
        profile="restricted",
        also=("kube-score/container-ephemeral-storage-request-and-limit",),
    ),
)
