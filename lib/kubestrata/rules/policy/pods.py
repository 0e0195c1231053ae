"""The pods of a tree's workloads: collected once, indexed by their labels."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from kubestrata.core.json_value import mapping
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject, containers, pod_template, selects
from kubestrata.rules.violation import Finding, Severity


@dataclass(frozen=True, slots=True, eq=False)
class PodContainer:
    """A container of a pod template; `init` ones end before the others start."""

    path: str
    body: Mapping[str, Any]
    security: Mapping[str, Any]
    init: bool

    @property
    def name(self) -> str:
        """Return its name, '' if it has none."""
        return str(self.body.get("name", ""))


@dataclass(frozen=True, slots=True, eq=False)
class Pod:
    """The pods that a workload creates; `path` is that of their spec."""

    workload: Subject
    path: str
    labels: Mapping[str, Any]
    spec: Mapping[str, Any]
    security: Mapping[str, Any]
    containers: tuple[PodContainer, ...]

    @property
    def namespace(self) -> str:
        """Return the namespace of the workload."""
        return self.workload.namespace

    @property
    def is_long_running(self) -> bool:
        """Return True if it runs until it is stopped."""
        kind = self.workload.identity.kind
        return kind not in ("CronJob", "Job") and self.spec.get("restartPolicy", "Always") in (
            "Always",
            None,
        )

    @property
    def is_windows(self) -> bool:
        """Return True if Linux security settings do not apply."""
        return mapping(self.spec.get("os")).get("name") == "windows"


class PodProblem(NamedTuple):
    """A problem with a field of a pod."""

    path: str
    message: str
    fix: str = ""


JudgePod: TypeAlias = Callable[[Pod], Iterable[PodProblem]]


def _pod(workload: Subject) -> Pod:
    path, template = pod_template(workload)
    spec = mapping(template.get("spec"))
    at = f"{path}.spec".removeprefix(".")
    found: list[PodContainer] = []
    for where, body in containers(workload):
        # one that always restarts is a sidecar: it runs beside the others
        first = where.startswith(f"{at}.initContainers[")
        init = first and body.get("restartPolicy") != "Always"
        found.append(PodContainer(where, body, mapping(body.get("securityContext")), init))
    labels = mapping(mapping(template.get("metadata")).get("labels"))
    return Pod(workload, at, labels, spec, mapping(spec.get("securityContext")), tuple(found))


def _pods(tree: ClusterTree) -> Sequence[Pod]:
    return [_pod(each) for each in tree.workloads]


def pods_of(tree: ClusterTree) -> Sequence[Pod]:
    """Return the pods of all workloads in a tree."""
    return tree.once(_pods)


class PodIndex:
    """Pods by namespace and label."""

    def __init__(self, pods: Iterable[Pod]) -> None:
        self._all: dict[str, list[Pod]] = {}
        self._known: dict[tuple[str, str], list[Pod]] = {}
        self._labelled: dict[tuple[str, str, object], list[Pod]] = {}
        for pod in pods:
            self._all.setdefault(pod.namespace, []).append(pod)
            for key, value in pod.labels.items():
                labelled = self._labelled.setdefault((pod.namespace, key, str(value)), [])
                labelled.append(pod)

    def selected(self, namespace: str, selector: Mapping[str, Any]) -> list[Pod]:
        """Return the pods that a LabelSelector selects; equal selectors get the same list."""
        asked = namespace, json.dumps(selector, sort_keys=True, default=str)
        if asked not in self._known:
            self._known[asked] = self._selected(namespace, selector)
        return self._known[asked]

    def _selected(self, namespace: str, selector: Mapping[str, Any]) -> list[Pod]:
        wanted = mapping(selector.get("matchLabels"))
        found = self._all.get(namespace, [])
        for key, value in wanted.items():
            found = min(found, self._labelled.get((namespace, key, str(value)), []), key=len)
        return [each for each in found if selects(selector, each.labels)]

    def of_service(self, service: Subject) -> list[Pod]:
        """Return the pods that a Service sends to; one without a selector has none here."""
        wanted = mapping(service.spec.get("selector"))
        return self.selected(service.namespace, {"matchLabels": wanted}) if wanted else []


def _index(tree: ClusterTree) -> PodIndex:
    return PodIndex(pods_of(tree))


def pod_index(tree: ClusterTree) -> PodIndex:
    """Return the pods of a tree by their labels."""
    return tree.once(_index)


def union(selected: Iterable[list[Pod]]) -> frozenset[Pod]:
    """Return the pods of several selections, many of which may be the same list."""
    lists = {id(each): each for each in selected}
    return frozenset(pod for each in lists.values() for pod in each)


def _served(tree: ClusterTree) -> frozenset[Pod]:
    index = pod_index(tree)
    return union(index.of_service(each) for each in tree.of_kind("", "Service"))


def served_pods(tree: ClusterTree) -> frozenset[Pod]:
    """Return the pods that a Service sends to."""
    return tree.once(_served)


def _chart_namespaces(tree: ClusterTree) -> frozenset[str]:
    return tree.release_namespaces | frozenset(
        str(mapping(each.spec.get("destination")).get("namespace", ""))
        for each in tree.of_kind("argoproj.io", "Application")
    )


def chart_namespaces(tree: ClusterTree) -> frozenset[str]:
    """Return the namespaces in which unknown objects may be created."""
    return tree.once(_chart_namespaces)


def pod_rule(
    number: str,
    claim: str,
    why: str,
    judge: JudgePod,
    *,
    severity: Severity,
    profile: str = "baseline",
    also: tuple[str, ...] = (),
) -> Rule:
    """Return a rule that checks each pod by itself."""

    def judge_tree(tree: ClusterTree) -> Iterator[Finding]:
        for pod in pods_of(tree):
            for fault in judge(pod):
                yield pod.workload.finding(*fault)

    return Rule(number, claim, why, judge_tree, severity, profile, also)
