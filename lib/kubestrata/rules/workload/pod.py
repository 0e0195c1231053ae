"""The pods of a tree's workloads: collected once, indexed by their labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple, TypeAlias

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import ARGO
from kubestrata.rules.field import mapping_at
from kubestrata.rules.near import closest
from kubestrata.rules.rule import Rule
from kubestrata.rules.selector import LabelIndex
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity


class PodContainer(Frozen, eq=False):
    """A container of a pod template; `init` ones end before the others start."""

    path: str
    body: Mapping[str, Any]
    security: Mapping[str, Any]
    init: bool

    @property
    def name(self) -> str:
        """Return its name, '' if it has none."""
        return str(self.body.get("name", ""))

    @property
    def mounts(self) -> Sequence[Mapping[str, Any]]:
        """Return its volume mounts."""
        return [mapping(each) for each in sequence(self.body.get("volumeMounts"))]

    def mounts_of(self, path: str) -> Sequence[Mapping[str, Any]]:
        """Return the volume mounts that a path is in."""
        place = PurePosixPath(path)
        return [each for each in self.mounts if place.is_relative_to(str(each.get("mountPath")))]


class Pod(Frozen, eq=False):
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
    def has_claims(self) -> bool:
        """Return True if it keeps data in a volume of its own."""
        volumes = sequence(self.spec.get("volumes"))
        return any("persistentVolumeClaim" in mapping(each) for each in volumes)

    @property
    def is_windows(self) -> bool:
        """Return True if Linux security settings do not apply."""
        return mapping(self.spec.get("os")).get("name") == "windows"


class PodProblem(NamedTuple):
    """A problem with a field of a pod."""

    path: str
    message: str
    fix: str = ""


PodCheck: TypeAlias = Callable[[Pod], Iterable[PodProblem]]


def pod_template(subject: Subject) -> tuple[str, Mapping[str, Any]]:
    """Return the path of a workload's pod template and the template; a pod is its own."""
    kind, spec = subject.identity.kind, subject.spec
    if kind == "Pod":
        return "", subject.manifest
    if kind == "PodTemplate":
        return "template", mapping_at(subject.manifest, "template")
    if kind == "CronJob":
        path = "spec.jobTemplate.spec.template"
        return path, mapping_at(subject.manifest, path)
    return "spec.template", mapping(spec.get("template"))


def containers(subject: Subject) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Yield every container of a workload with its path, init containers too."""
    path, template = pod_template(subject)
    spec, prefix = mapping(template.get("spec")), f"{path}.spec".removeprefix(".")
    for field_name in ("initContainers", "containers"):
        for index, container in enumerate(sequence(spec.get(field_name))):
            yield f"{prefix}.{field_name}[{index}]", mapping(container)


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
    labels = mapping_at(template, "metadata.labels")
    return Pod(workload, at, labels, spec, mapping(spec.get("securityContext")), tuple(found))


def _pods(tree: ClusterTree) -> Sequence[Pod]:
    return [_pod(each) for each in tree.workloads]


def pods_of(tree: ClusterTree) -> Sequence[Pod]:
    """Return the pods of all workloads in a tree."""
    return tree.once(_pods)


def _index(tree: ClusterTree) -> LabelIndex[Pod]:
    machines = tree.of_kind("kubevirt.io", "VirtualMachine", "VirtualMachineInstanceReplicaSet")
    return LabelIndex([*pods_of(tree), *map(_pod, machines)])


def pod_index(tree: ClusterTree) -> LabelIndex[Pod]:
    """Return the pods of a tree by their labels."""
    return tree.once(_index)


def served_by(tree: ClusterTree, service: Subject) -> Sequence[Pod]:
    """Return the pods that a Service sends to; one without a selector has none here."""
    wanted = mapping(service.spec.get("selector"))
    return pod_index(tree).selected(service.namespace, {"matchLabels": wanted}) if wanted else ()


def near_label(tree: ClusterTree, namespace: str, selector: Mapping[str, Any]) -> str:
    """Return the label of a namespace's pods that a selector probably means."""
    for key, value in sorted(selector.items()):
        has = pod_index(tree).values(namespace, key)
        if has.ordered and str(value) not in has:
            found = [f"{key}={each}" for each in closest(str(value), has)]
            return f"select {' or '.join(found)}" if found else ""
    return ""


def union(selected: Iterable[Sequence[Pod]]) -> frozenset[Pod]:
    """Return the pods of several selections, many of which may be the same list."""
    lists = {id(each): each for each in selected}
    return frozenset(pod for each in lists.values() for pod in each)


def _served(tree: ClusterTree) -> frozenset[Pod]:
    return union(served_by(tree, each) for each in tree.of_kind("", "Service"))


def served_pods(tree: ClusterTree) -> frozenset[Pod]:
    """Return the pods that a Service sends to."""
    return tree.once(_served)


def _chart_namespaces(tree: ClusterTree) -> frozenset[str]:
    return tree.release_namespaces | frozenset(
        str(mapping(each.spec.get("destination")).get("namespace", ""))
        for each in tree.of_kind(ARGO, "Application")
        if each.identity not in tree.charts.rendered
    )


def chart_namespaces(tree: ClusterTree) -> frozenset[str]:
    """Return the namespaces in which unknown objects may be created."""
    return tree.once(_chart_namespaces)


def pod_rule(
    number: str,
    claim: str,
    why: str,
    check: PodCheck,
    *,
    severity: Severity,
    profile: str = "baseline",
    also: tuple[str, ...] = (),
    in_charts: Severity = Severity.WARNING,
) -> Rule:
    """Return a rule that checks each pod by itself."""

    def check_tree(tree: ClusterTree) -> Iterator[Finding]:
        for pod in pods_of(tree):
            for fault in check(pod):
                yield pod.workload.finding(*fault)

    return Rule(number, claim, why, check_tree, severity, profile, also, in_charts=in_charts)
