"""R04: Services select pods, and their target ports are ports of those pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import values
from kubestrata.rules.link.operated_pod import operated_pods
from kubestrata.rules.link.unfollowed import doubt
from kubestrata.rules.link.unseen import dynamic
from kubestrata.rules.link.unseen_pod import labels_known, pods_hidden
from kubestrata.rules.near import near
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import Pod, near_label, pod_index


def _check(tree: ClusterTree) -> Iterator[Finding]:
    # Services with equal selectors have the same list of pods.
    offers: dict[int, _Offer] = {}
    uses: list[_Use] = []
    for service in tree.of_kind("", "Service"):
        selector = mapping(service.spec.get("selector"))
        wanted = {"matchLabels": selector}
        if not selector or dynamic(tree, wanted) or service.spec.get("type") == "ExternalName":
            continue
        pods = pod_index(tree).selected(service.namespace, wanted)
        if pods:
            if id(pods) not in offers:
                offers[id(pods)] = _offer(pods)
            offer = offers[id(pods)]
            uses += (
                _Use(service, offer, f"{path}.targetPort", mapping(port))
                for path, port in values(service.manifest, "spec.ports[]")
            )
        elif not _may_have(tree, service, wanted) and not _manual(tree, service):
            shown = ", ".join(f"{key}={value}" for key, value in sorted(selector.items()))
            message = f"no pod of namespace {service.namespace} has {shown}"
            fix = near_label(tree, service.namespace, selector)
            yield service.finding("spec.selector", message, fix, doubt(tree, service.namespace))
    targets: dict[Identity, set[object]] = {}
    for use in uses:
        if isinstance(use.target, int | str):
            targets.setdefault(use.offer.workload, set()).add(use.target)
    for use in uses:
        yield from _target(use, targets.get(use.offer.workload, set()))


def _may_have(tree: ClusterTree, service: Subject, selector: Mapping[str, Any]) -> bool:
    """Return True if pods that are not in the tree may have the labels of a Service."""
    namespace = service.namespace
    if not pods_hidden(tree, namespace):
        return False
    known = labels_known(tree, namespace, selector)
    return not known or bool(operated_pods(tree).selected(namespace, selector))


def _manual(tree: ClusterTree, service: Subject) -> bool:
    group, (_, _, namespace, name) = "discovery.k8s.io", service.identity
    return tree.exists("", "Endpoints", namespace, name) or any(
        each.namespace == namespace and each.labels.get("kubernetes.io/service-name") == name
        for each in tree.of_kind(group, "EndpointSlice")
    )


class _Offer(Frozen):
    """The declared ports of pods, by protocol; `complete` if all containers declare theirs."""

    workload: Identity
    numbers: Mapping[str, frozenset[int]]
    names: Mapping[str, frozenset[str]]
    complete: bool

    @property
    def all_ports(self) -> frozenset[object]:
        """Return the numbers and names of all ports, whatever their protocol."""
        return frozenset(
            port
            for known in (self.numbers, self.names)
            for several in known.values()
            for port in several
        )


def _offer(pods: Sequence[Pod]) -> _Offer:
    numbers: dict[str, set[int]] = {}
    names: dict[str, set[str]] = {}
    for pod in pods:
        for container in pod.containers:
            for port in map(mapping, sequence(container.body.get("ports"))):
                protocol = str(port.get("protocol", "TCP"))
                number, name = port.get("containerPort"), port.get("name")
                if isinstance(number, int):
                    numbers.setdefault(protocol, set()).add(number)
                if isinstance(name, str):
                    names.setdefault(protocol, set()).add(name)
    return _Offer(
        pods[0].workload.identity,
        {each: frozenset(found) for each, found in numbers.items()},
        {each: frozenset(found) for each, found in names.items()},
        all(_tells_ports(each) for each in pods),
    )


class _Use(Frozen):
    """A port of a Service, the pods that it selects, and the path of its target."""

    service: Subject
    offer: _Offer
    path: str
    port: dict[str, Any]

    @property
    def target(self) -> object:
        """Return the number or name of the port of the pods."""
        return self.port.get("targetPort", self.port.get("port"))


def _target(use: _Use, targets: AbstractSet[object]) -> Iterator[Finding]:
    """Check one port; `targets` are all ports of the same pods that Services use."""
    service, offer, target = use.service, use.offer, use.target
    protocol = str(use.port.get("protocol", "TCP"))
    if not isinstance(target, int | str) or "${" in str(target):
        return
    numbered = isinstance(target, int)
    if numbered and not offer.complete:
        return
    has: frozenset[int] | frozenset[str] = (
        offer.numbers.get(protocol, frozenset())
        if numbered
        else offer.names.get(protocol, frozenset())
    )
    if target in has:
        return
    names = sorted(map(str, has))
    message = (
        f"no container of {offer.workload.kind} {offer.workload.name} has {protocol} port {target};"
        f" they have {', '.join(names) or 'none'}"
    )
    fix = "" if numbered and len(names) > 1 else near(str(target), names, "set")
    yield service.finding(use.path, message, fix, _severity(use, targets))


def _severity(use: _Use, targets: AbstractSet[object]) -> Severity | None:
    """Return the severity of a number that no container declares; None for a name.

    A container may listen on a port that it does not declare, and a chart knows its own. A
    declared port that no Service uses is the one that was meant.
    """
    if not isinstance(use.target, int):
        return None
    ports = use.offer.all_ports
    is_meant = bool(ports) and targets.isdisjoint(ports)
    if use.service.chart is None:
        return None if is_meant else Severity.WARNING
    return Severity.WARNING if is_meant else Severity.NOTE


def _tells_ports(pod: Pod) -> bool:
    """Return True if all containers declare their ports; Kubernetes does not require it."""
    containers = sequence(pod.spec.get("containers"))
    return bool(containers) and all(mapping(each).get("ports") for each in containers)


RULES = (
    Rule(
        "R04",
        "a Service selects pods, and its target ports are ports of those pods",
        "it has no endpoints, or refuses connections",
        _check,
        in_charts=Severity.ERROR,
    ),
)
