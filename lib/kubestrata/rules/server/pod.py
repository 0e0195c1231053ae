"""Requirements of the API server for the fields of a pod that belong together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import mapping_at
from kubestrata.rules.selector import selects
from kubestrata.rules.subject import Subject
from kubestrata.rules.workload.pod import containers, pod_template
from kubestrata.schema import Fault, is_quantity, quantity, shown

_SHARED = ("cpu", "ephemeral-storage", "memory")


def selector_faults(subject: Subject) -> Iterator[Fault]:
    """Yield the problems of a workload that does not select its own pods."""
    selector = mapping(subject.spec.get("selector"))
    labels = mapping_at(pod_template(subject)[1], "metadata.labels")
    if not selector:
        return
    for key, value in mapping(selector.get("matchLabels")).items():
        if labels.get(key) != value:
            other = shown(labels[key]) if key in labels else "not set"
            message = f"{key} is {shown(value)} here, {other} in spec.template.metadata.labels"
            yield Fault("spec.selector.matchLabels", message, "make both equal")
            return
    if not selects(selector, labels):
        yield Fault("spec.selector", "does not select the labels of spec.template")


def pod_faults(subject: Subject) -> Iterator[Fault]:
    """Yield the problems with the pods of a workload."""
    path, template = pod_template(subject)
    spec, prefix = mapping(template.get("spec")), f"{path}.spec".removeprefix(".")
    yield from _unique(spec, prefix)
    volumes = _names(spec.get("volumes"))
    for each in sequence(subject.spec.get("volumeClaimTemplates")):
        volumes.add(str(mapping_at(each, "metadata").get("name")))
    for index, each in enumerate(sequence(spec.get("volumes"))):
        sources = sequence(mapping_at(each, "projected").get("sources"))
        yield from _projected(sources, f"{prefix}.volumes[{index}].projected")
    claims = _names(spec.get("resourceClaims"))
    for at, container in containers(subject):
        yield from _mounts(container, at, volumes)
        yield from _resources(mapping(container.get("resources")), f"{at}.resources", claims)
        if spec.get("hostNetwork") is True:
            yield from _host_ports(sequence(container.get("ports")), at)


def _names(items: object) -> set[str]:
    return {str(mapping(each).get("name")) for each in sequence(items)}


def _unique(spec: Mapping[str, Any], prefix: str) -> Iterator[Fault]:
    """Yield duplicate names; init containers and containers share one set."""
    seen = _names(spec.get("initContainers"))
    for index, each in enumerate(sequence(spec.get("containers"))):
        name = mapping(each).get("name")
        if name is not None and str(name) in seen:
            path = f"{prefix}.containers[{index}].name"
            yield Fault(path, f"{shown(name)} is also an init container", "rename one of them")


def _mounts(container: Mapping[str, Any], path: str, volumes: set[str]) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for field, key in (("volumeMounts", "mountPath"), ("volumeDevices", "devicePath")):
        for index, each in enumerate(sequence(container.get(field))):
            mount, at = mapping(each), f"{path}.{field}[{index}]"
            name, where = mount.get("name"), str(mount.get(key))
            if str(name) not in volumes:
                yield Fault(f"{at}.name", f"the pod has no volume {shown(name)}")
            if seen.get(where, field) != field:
                yield Fault(f"{at}.{key}", f"{shown(where)} is in {seen[where]} too")
            seen[where] = field


def _projected(sources: Sequence[Any], path: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, source in enumerate(map(mapping, sources)):
        for kind in ("configMap", "downwardAPI", "secret"):
            for index, each in enumerate(sequence(mapping(source.get(kind)).get("items"))):
                where = str(mapping(each).get("path"))
                if where in seen:
                    at = f"{path}.sources[{number}].{kind}.items[{index}].path"
                    yield Fault(at, f"{shown(where)} is the path of another item too")
                seen.add(where)


def _host_ports(ports: Sequence[Any], path: str) -> Iterator[Fault]:
    for index, each in enumerate(ports):
        inner, outer = mapping(each).get("containerPort"), mapping(each).get("hostPort")
        if outer and outer != inner:
            message = f"is {outer}, containerPort is {inner}; hostNetwork is true"
            yield Fault(f"{path}.ports[{index}].hostPort", message, "make both equal")


def _resources(resources: Mapping[str, Any], path: str, claims: set[str]) -> Iterator[Fault]:
    limits = mapping(resources.get("limits"))
    for name, request in mapping(resources.get("requests")).items():
        limit, shared = limits.get(name), name in _SHARED or "kubernetes.io/" in name
        if limit is None and not shared:
            yield Fault(f"{path}.limits.{name}", "is not set; a request of it needs it")
        if limit is None or not (is_quantity(limit) and is_quantity(request)):
            continue
        if quantity(str(request)) > quantity(str(limit)):
            yield Fault(f"{path}.requests.{name}", f"{request} is more than the limit of {limit}")
        elif not shared and quantity(str(request)) != quantity(str(limit)):
            message = f"{request} is not the limit, {limit}; containers do not share {name}"
            yield Fault(f"{path}.requests.{name}", message)
    for index, each in enumerate(sequence(resources.get("claims"))):
        claim = mapping(each).get("name")
        if str(claim) not in claims:
            message = f"the pod has no resource claim {shown(claim)}"
            yield Fault(f"{path}.claims[{index}].name", message)
