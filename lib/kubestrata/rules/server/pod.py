"""Requirements of the API server for pods beyond their schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import mapping_at, value_at, values
from kubestrata.rules.selector import selects
from kubestrata.rules.server.name import is_open, label_faults, label_problem
from kubestrata.rules.subject import Subject
from kubestrata.rules.workload.pod import containers, pod_template
from kubestrata.schema import Fault, is_quantity, quantity, shown

_PORT_NAME = re.compile(r"(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_HANDLERS = ("exec", "grpc", "httpGet", "tcpSocket")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_RESTART: Mapping[str, tuple[str, ...]] = {
    "CronJob": ("Never", "OnFailure"),
    "DaemonSet": ("Always",),
    "Deployment": ("Always",),
    "Job": ("Never", "OnFailure"),
    "ReplicaSet": ("Always",),
    "StatefulSet": ("Always",),
}


def port_name_problem(name: object) -> str:
    """Return why a text is not a valid name of a container port, '' if it is one."""
    if not isinstance(name, str) or is_open(name):
        return ""
    if len(name) > 15:
        return f"{shown(name)} has {len(name)} characters; 15 are allowed"
    if _PORT_NAME.fullmatch(name):
        return ""
    return f"{shown(name)} must be lower-case letters, digits and single '-', with a letter"


def port_problem(port: object) -> str:
    """Return why a number is not a valid port, '' if it is one."""
    good = not isinstance(port, int) or 1 <= port <= 65535
    return "" if good else f"{port} is not a valid port: must be 1 to 65535"


def selector_faults(subject: Subject) -> Iterator[Fault]:
    """Yield the problems of a workload that does not select its own pods."""
    selector = mapping(subject.spec.get("selector"))
    labels = mapping_at(pod_template(subject)[1], "metadata.labels")
    if not selector:
        return
    yield from label_faults("spec.selector.matchLabels", selector.get("matchLabels"))
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
    allowed, kind = _RESTART.get(subject.identity.kind), subject.identity.kind
    policy = spec.get("restartPolicy", "Always")
    if spec and allowed and policy not in allowed and not is_open(policy):
        said = "" if "restartPolicy" in spec else ", the default,"
        fix = f"write {allowed[-1]}"
        yield Fault(f"{prefix}.restartPolicy", f"{policy}{said} is not allowed for a {kind}", fix)
    yield from _unique(spec, prefix)
    volumes = {str(mapping(each).get("name")) for each in sequence(spec.get("volumes"))}
    for each in sequence(subject.spec.get("volumeClaimTemplates")):
        volumes.add(str(value_at(each, "metadata.name")))
    for at, each in values(spec, "volumes[]"):
        yield from _volume(mapping(each), f"{prefix}.{at}")
    for at, container in containers(subject):
        yield from _container(container, at, volumes)


def _unique(spec: Mapping[str, Any], prefix: str) -> Iterator[Fault]:
    """Yield duplicate names; init containers and containers share one set."""
    seen = {str(mapping(each).get("name")) for each in sequence(spec.get("initContainers"))}
    for at, name in values(spec, "containers[].name"):
        if name is not None and str(name) in seen:
            what = f"{shown(name)} is also an init container"
            yield Fault(f"{prefix}.{at}", what, "rename one of them")


def _volume(volume: Mapping[str, Any], path: str) -> Iterator[Fault]:
    why = label_problem(volume.get("name"))
    if why:
        yield Fault(f"{path}.name", why)
    sources = sorted(key for key in volume if key != "name")
    if len(sources) > 1:
        yield Fault(path, f"has {len(sources)} sources: {', '.join(sources)}", "keep one")


def _container(container: Mapping[str, Any], path: str, volumes: set[str]) -> Iterator[Fault]:
    why = label_problem(container.get("name"))
    if why:
        yield Fault(f"{path}.name", why)
    if not container.get("image"):
        yield Fault(f"{path}.image", "is not set", "name an image")
    yield from _ports(sequence(container.get("ports")), path)
    for at, each in values(container, "env[]"):
        variable = mapping(each)
        if variable.get("value") and variable.get("valueFrom"):
            name = shown(variable.get("name"))
            yield Fault(f"{path}.{at}", f"{name} has both value and valueFrom", "keep one")
    seen: set[str] = set()
    for below, each in values(container, "volumeMounts[]"):
        mount, at = mapping(each), f"{path}.{below}"
        if str(mount.get("name")) not in volumes and not is_open(mount.get("name")):
            yield Fault(f"{at}.name", f"the pod has no volume {shown(mount.get('name'))}")
        where = str(mount.get("mountPath"))
        if where in seen:
            yield Fault(f"{at}.mountPath", f"{shown(where)} is mounted twice")
        seen.add(where)
    for name in _PROBES:
        if name in container:
            yield from _probe(mapping(container.get(name)), f"{path}.{name}")
    yield from _resources(mapping(container.get("resources")), f"{path}.resources")


def _ports(ports: Iterable[Any], path: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, each in enumerate(ports):
        port, at = mapping(each), f"{path}.ports[{index}]"
        name = port.get("name")
        why = port_name_problem(name)
        if why:
            yield Fault(f"{at}.name", why)
        if name is not None and str(name) in seen:
            yield Fault(f"{at}.name", f"a second port {shown(name)}", "rename one of them")
        seen.add(str(name))
        why = port_problem(port.get("containerPort"))
        if why:
            yield Fault(f"{at}.containerPort", why)


def _probe(probe: Mapping[str, Any], path: str) -> Iterator[Fault]:
    found = [name for name in _HANDLERS if probe.get(name) is not None]
    if len(found) != 1:
        has = f"has {' and '.join(found)}" if found else "has no handler"
        yield Fault(path, f"{has}; exactly one of {', '.join(_HANDLERS)} is needed")


def _resources(resources: Mapping[str, Any], path: str) -> Iterator[Fault]:
    limits = mapping(resources.get("limits"))
    for name, request in mapping(resources.get("requests")).items():
        limit = limits.get(name)
        if limit is None or not (is_quantity(limit) and is_quantity(request)):
            continue
        if quantity(str(request)) > quantity(str(limit)):
            yield Fault(f"{path}.requests.{name}", f"{request} is more than the limit of {limit}")
