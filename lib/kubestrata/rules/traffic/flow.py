"""Traffic that a tree declares: routes, scrapes, webhooks, and Service names in environments.

Only pods of workloads in the tree have flows; a controller creates the other end of a route, a
scrape or a webhook, and its pods are unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import GATEWAY
from kubestrata.rules.field import mapping_at
from kubestrata.rules.link.monitor import monitors, selected
from kubestrata.rules.link.reference import ReferenceField
from kubestrata.rules.link.reference_table import references
from kubestrata.rules.link.service import service_index
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.traffic.cilium import is_of_cilium
from kubestrata.rules.workload.pod import Pod, pod_index, pods_of, served_by

_NAMED = re.compile(
    r"(?:(\w+)://(?:[^@/\s]*@)?)?\b([a-z][a-z0-9-]*)\.([a-z0-9][a-z0-9-]*)\.svc\b"
    r"(?:\.cluster\.local)?(?::(\d+))?"
)
_HOST = re.compile(r"\bhttps?://(?:[^@/\s]*@)?([a-z0-9][\w.${}-]*)")
_LINK = re.compile(r"""\b(?:href|icon|link)["']?\s*[:=]\s*\S+""", re.IGNORECASE)
"""Addresses that a browser opens, not the pod."""
_USUAL = {"http": "80", "https": "443"}
_CALLING = ("admissionregistration.k8s.io", "apiregistration.k8s.io")


class FlowPort(Frozen):
    """A port of a pod: its number, None if no container declares it, and its names."""

    number: int | None
    names: frozenset[str]
    protocol: str = "TCP"

    def __str__(self) -> str:
        return str(self.number or ", ".join(sorted(self.names)))


class DeclaredFlow(Frozen):
    """Traffic to a port of a pod, from another pod or from an unknown sender.

    `namespaces` are the known namespaces of the sender, None if they are not known. A flow is
    `routed` if a gateway of the cluster passes it on, so that the receiver does not see the sender.
    The sender of a `proxied` flow is Cilium's own proxy, which no selector of pods matches.
    """

    to: Pod
    port: FlowPort
    reason: str
    sender: Pod | None = None
    namespaces: frozenset[str] | None = None
    routed: bool = False
    proxied: bool = False


def flows(tree: ClusterTree) -> Sequence[DeclaredFlow]:
    """Return every flow to pods of the tree, once."""
    return tree.once(_flows)


def _flows(tree: ClusterTree) -> Sequence[DeclaredFlow]:
    return list(dict.fromkeys(_all(tree)))


def _all(tree: ClusterTree) -> Iterator[DeclaredFlow]:
    yield from _routed(tree)
    yield from _scraped(tree)
    for reference in _called(tree):
        for use in reference.uses(tree):
            service = tree.by_identity.get(use.identity)
            number = use.value.get("port", 443)
            yield from _to(tree, service, number, f"{use.subject.identity} calls it")
    yield from _named(tree)
    yield from _by_host(tree)


def _called(tree: ClusterTree) -> Iterator[ReferenceField]:
    """Yield the references to what the API server calls."""
    for reference in references(tree, "R13"):
        if reference.group in _CALLING:
            yield reference


def _routed(tree: ClusterTree) -> Iterator[DeclaredFlow]:
    for reference in (*references(tree, "R02"), *references(tree, "R03")):
        for use in reference.uses(tree):
            route = use.subject
            port: Any = use.value.get("port")
            wanted = mapping(port).get("number", mapping(port).get("name", port))
            parents = [mapping(each) for each in sequence(route.spec.get("parentRefs"))]
            # For traffic inside a mesh, a route has a Service as its parent.
            gateways = [each for each in parents if each.get("kind", "Gateway") == "Gateway"]
            spaces = frozenset(str(each.get("namespace") or route.namespace) for each in gateways)
            service = tree.by_identity.get(use.identity)
            reason = f"{route.identity} sends to it"
            proxied = bool(gateways) and all(_has_cilium(tree, route, each) for each in gateways)
            for flow in _to(tree, service, wanted, reason, spaces or None):
                yield replace(flow, proxied=proxied)


def _scraped(tree: ClusterTree) -> Iterator[DeclaredFlow]:
    for monitor, field in monitors(tree, "Service"):
        for service in selected(monitor, service_index(tree)):
            for endpoint in map(mapping, sequence(monitor.spec.get(field))):
                reason = f"{monitor.identity} scrapes it"
                yield from _to(tree, service, endpoint.get("port"), reason)
    for monitor, field in monitors(tree, "Pod"):
        for pod in selected(monitor, pod_index(tree)):
            for endpoint in map(mapping, sequence(monitor.spec.get(field))):
                port = port_of(pod, endpoint.get("port", endpoint.get("portNumber")))
                if port is not None:
                    yield DeclaredFlow(pod, port, f"{monitor.identity} scrapes it")


def _named(tree: ClusterTree) -> Iterator[DeclaredFlow]:
    """Yield the flows to `service.namespace.svc` in environments, arguments and ConfigMaps."""
    for pod in pods_of(tree):
        for scheme, name, namespace, number in dict.fromkeys(_names(tree, pod)):
            service = tree.get("", "Service", namespace, name)
            if service is None:
                continue
            ports = sequence(service.spec.get("ports"))
            only = mapping(ports[0]).get("port") if len(ports) == 1 else None
            wanted = number or _USUAL.get(scheme) or only
            reason = f"{pod.workload.identity} names Service {namespace}/{name}"
            for flow in _to(tree, service, wanted, reason):
                if flow.to is not pod:
                    yield DeclaredFlow(flow.to, flow.port, reason, pod)


def _by_host(tree: ClusterTree) -> Iterator[DeclaredFlow]:
    """Yield the flows to hosts of routes, from pods that name their address.

    Cilium sends them to the pods behind its gateway, and requires egress to these.
    """
    backends = tree.once(_backends)
    if not backends:
        return
    for pod in pods_of(tree):
        texts = (_LINK.sub("", text) for text in texts_of(tree, pod) if "://" in text)
        hosts = {host for text in texts for host in _HOST.findall(text)}
        for host in sorted(hosts & backends.keys()):
            for route, flow in backends[host]:
                if not _is_its_own(pod, flow.to):
                    reason = f"{pod.workload.identity} names {host}, and {route} sends it there"
                    yield DeclaredFlow(flow.to, flow.port, reason, pod, routed=True)


def _is_its_own(pod: Pod, other: Pod) -> bool:
    """Return True for pods of one workload or of one release, which know their own address."""
    one, two = pod.workload.chart, other.workload.chart
    is_one_release = one is not None and two is not None and one.release == two.release
    return other.workload is pod.workload or is_one_release


def _backends(tree: ClusterTree) -> dict[str, list[tuple[Identity, DeclaredFlow]]]:
    """Return the flows behind each host of Cilium's gateways."""
    found: dict[str, list[tuple[Identity, DeclaredFlow]]] = {}
    for route in tree.of_kind(GATEWAY, "HTTPRoute"):
        if not any(_has_cilium(tree, route, mapping(each)) for each in _parents(route)):
            continue
        to = [flow for flow in _routed(tree) if flow.reason.startswith(f"{route.identity} ")]
        for host in sequence(route.spec.get("hostnames")):
            found.setdefault(str(host), []).extend((route.identity, flow) for flow in to)
    return found


def _parents(route: Subject) -> Sequence[object]:
    return sequence(route.spec.get("parentRefs"))


def _has_cilium(tree: ClusterTree, route: Subject, parent: Mapping[str, Any]) -> bool:
    namespace = str(parent.get("namespace") or route.namespace)
    gateway = tree.get(GATEWAY, "Gateway", namespace, str(parent.get("name")))
    return gateway is not None and is_of_cilium(tree, gateway)


def texts_of(tree: ClusterTree, pod: Pod) -> Iterator[str]:
    """Yield the texts that a pod reads: its environment, arguments and ConfigMaps."""
    names: set[str] = set()
    for container in pod.containers:
        for entry in map(mapping, sequence(container.body.get("env"))):
            yield str(entry.get("value", ""))
            names.add(str(mapping_at(entry, "valueFrom.configMapKeyRef").get("name")))
        for entry in map(mapping, sequence(container.body.get("envFrom"))):
            names.add(str(mapping(entry.get("configMapRef")).get("name")))
        yield from map(str, sequence(container.body.get("command")))
        yield from map(str, sequence(container.body.get("args")))
    for volume in map(mapping, sequence(pod.spec.get("volumes"))):
        names.add(str(mapping(volume.get("configMap")).get("name")))
    for name in sorted(names):
        found = tree.get("", "ConfigMap", pod.namespace, name)
        if found is not None:
            yield from map(str, mapping(found.manifest.get("data")).values())


def _names(tree: ClusterTree, pod: Pod) -> Iterator[tuple[str, str, str, str]]:
    for text in texts_of(tree, pod):
        if ".svc" in text:
            yield from _NAMED.findall(text)


def _to(
    tree: ClusterTree,
    service: Subject | None,
    wanted: object,
    reason: str,
    namespaces: frozenset[str] | None = None,
) -> Iterator[DeclaredFlow]:
    """Yield the traffic to the pods of a Service, at the port of that number or name."""
    if service is None or wanted is None:
        return
    for each in map(mapping, sequence(service.spec.get("ports"))):
        if str(wanted) in (str(each.get("port")), str(each.get("name"))):
            for pod in served_by(tree, service):
                protocol = str(each.get("protocol", "TCP"))
                port = port_of(pod, each.get("targetPort", each.get("port")), protocol)
                if port is not None:
                    yield DeclaredFlow(pod, port, reason, namespaces=namespaces)


def port_of(pod: Pod, target: object, protocol: str = "TCP") -> FlowPort | None:
    """Return the port of a number or name; None if no container has a port of this name."""
    ports = list(_ports(pod))
    if isinstance(target, int):
        names = (
            str(each["name"])
            for each in ports
            if each.get("containerPort") == target and each.get("name")
        )
        return FlowPort(target, frozenset(names), protocol)
    numbers: Iterable[Any] = (
        each.get("containerPort") for each in ports if each.get("name") == target
    )
    number = next((each for each in numbers if isinstance(each, int)), None)
    return FlowPort(number, frozenset({str(target)}), protocol) if number is not None else None


def _ports(pod: Pod) -> Iterator[Mapping[str, Any]]:
    for container in pod.containers:
        found: Sequence[object] = sequence(container.body.get("ports"))
        yield from (mapping(each) for each in found)
