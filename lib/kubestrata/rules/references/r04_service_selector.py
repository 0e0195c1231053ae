"""R04: Services select pods, and their target ports are ports of those pods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.near import near, near_label
from kubestrata.rules.references._selection import pods_of
from kubestrata.rules.references._unseen import dynamic, pods_hidden
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import (
    ClusterTree,
    Subject,
    containers,
    pod_template,
)
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for service in tree.of_kind("", "Service"):
        selector = mapping(service.spec.get("selector"))
        wanted = {"matchLabels": selector}
        if not selector or dynamic(wanted) or service.spec.get("type") == "ExternalName":
            continue
        pods = pods_of(tree, service.namespace, wanted)
        if pods:
            for index, port in enumerate(sequence(service.spec.get("ports"))):
                path = f"spec.ports[{index}].targetPort"
                yield from _target(service, pods, path, mapping(port))
        elif not pods_hidden(tree, service.namespace) and not _manual(tree, service):
            told = ", ".join(f"{key}={value}" for key, value in sorted(selector.items()))
            message = f"no pod of namespace {service.namespace} has {told}"
            yield service.finding(
                "spec.selector", message, near_label(selector, tree.workloads_in(service.namespace))
            )


def _manual(tree: ClusterTree, service: Subject) -> bool:
    group, (_, _, namespace, name) = "discovery.k8s.io", service.identity
    return tree.exists("", "Endpoints", namespace, name) or any(
        each.namespace == namespace and each.labels.get("kubernetes.io/service-name") == name
        for each in tree.of_kind(group, "EndpointSlice")
    )


def _target(
    service: Subject, pods: list[Subject], path: str, port: dict[str, Any]
) -> Iterator[Finding]:
    target, protocol = port.get("targetPort", port.get("port")), port.get("protocol", "TCP")
    if target is None or "${" in str(target):
        return
    ports = [
        each
        for pod in pods
        for _, container in containers(pod)
        for each in map(mapping, sequence(container.get("ports")))
        if each.get("protocol", "TCP") == protocol
    ]
    numbered = isinstance(target, int)
    if numbered and not all(_tells_ports(each) for each in pods):
        return
    has = [each.get("containerPort" if numbered else "name") for each in ports]
    if target in has:
        return
    names = sorted({str(each) for each in has if each is not None})
    workload = pods[0].identity
    message = (
        f"no container of {workload.kind} {workload.name} has {protocol} port {target};"
        f" they have {', '.join(names) or 'none'}"
    )
    fix = "" if numbered and len(names) > 1 else near(str(target), names, "set")
    yield service.finding(path, message, fix)


def _tells_ports(pod: Subject) -> bool:
    """Whether all containers tell their ports: Kubernetes asks for none of it."""
    spec = mapping(pod_template(pod)[1].get("spec"))
    return all(mapping(each).get("ports") for each in sequence(spec.get("containers")))


RULE = Rule(
    "R04",
    "a Service selects pods, and its target ports are ports of theirs",
    "it has no endpoints, or refuses connections",
    _judge,
)
