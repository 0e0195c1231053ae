"""R08: monitors select Services or pods, and scrape ports that these have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from kubestrata.core.json_value import mapping, sequence
from kubestrata.knowledge import KindName
from kubestrata.rules.field import known
from kubestrata.rules.near import near
from kubestrata.rules.references._selection import pods_of, services_of
from kubestrata.rules.references._unseen import dynamic, pods_hidden, unseen
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject, containers
from kubestrata.rules.violation import Finding

_Find: TypeAlias = Callable[[ClusterTree, str, Mapping[str, Any]], list[Subject]]


def monitors(tree: ClusterTree, selects: str) -> Iterator[tuple[Subject, str]]:
    """Yield the monitors that select Pods, or Services, with the field of their endpoints."""
    for fact in tree.knowledge.monitors:
        if fact.selects == selects:
            for kind in fact.of:
                for monitor in tree.of_kind(*KindName.parse(kind)):
                    yield monitor, fact.endpoints


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for monitor, field in monitors(tree, "Service"):
        found = selected(tree, monitor, services_of)
        yield from _told(tree, monitor, "Service", found)
        yield from _ports(tree, monitor, field, found, _service_ports(found))
    for monitor, field in monitors(tree, "Pod"):
        found = selected(tree, monitor, pods_of)
        yield from _told(tree, monitor, "pod", found)
        yield from _ports(tree, monitor, field, found, _pod_ports(found))


def _namespaces(monitor: Subject) -> list[str] | None:
    """Return the namespaces that a monitor selects, None for all."""
    selector = mapping(monitor.spec.get("namespaceSelector"))
    if selector.get("any"):
        return None
    return [str(each) for each in sequence(selector.get("matchNames"))] or [monitor.namespace]


def selected(tree: ClusterTree, monitor: Subject, find: _Find) -> list[Subject]:
    """Return the objects that a monitor selects in its namespaces, none if it selects in all."""
    selector, namespaces = mapping(monitor.spec.get("selector")), _namespaces(monitor)
    # A monitor of all namespaces may mean an object outside the tree.
    return [each for here in namespaces or () for each in find(tree, here, selector)]


def _told(
    tree: ClusterTree, monitor: Subject, what: str, found: list[Subject]
) -> Iterator[Finding]:
    namespaces = _namespaces(monitor)
    # The API server has a Service of its own in `default`.
    if found or namespaces is None or "default" in namespaces:
        return
    if any(pods_hidden(tree, each) for each in namespaces):
        return
    if dynamic(tree, mapping(monitor.spec.get("selector"))):
        return
    where = ", ".join(namespaces)
    yield monitor.finding("spec.selector", f"selects no {what} of namespace {where}")


def _service_ports(services: list[Subject]) -> set[str]:
    return {
        str(mapping(port).get("name"))
        for each in services
        for port in sequence(each.spec.get("ports"))
    }


def _pod_ports(workloads: list[Subject]) -> set[str]:
    return {
        str(mapping(port).get("name"))
        for each in workloads
        for _, container in containers(each)
        for port in sequence(container.get("ports"))
    }


def _ports(
    tree: ClusterTree, monitor: Subject, field: str, found: list[Subject], ports: set[str]
) -> Iterator[Finding]:
    if not found or unseen(tree).anywhere or _more(tree, monitor):
        return
    has = sorted(ports - {"None"})
    for index, endpoint in enumerate(sequence(monitor.spec.get(field))):
        port = known(mapping(endpoint).get("port"))
        if port and port not in ports:
            names = ", ".join(sorted({each.identity.name for each in found})[:5])
            message = f"{names} has no port named {port}; it has {', '.join(has) or 'none'}"
            yield monitor.finding(f"spec.{field}[{index}].port", message, near(port, has))


def _more(tree: ClusterTree, monitor: Subject) -> bool:
    """Return True if it may select more than the known objects."""
    namespaces = _namespaces(monitor)
    return namespaces is None or any(pods_hidden(tree, each) for each in namespaces)


RULE = Rule(
    "R08",
    "a monitor selects Services or pods, and scrapes a port that they have",
    "nothing is scraped, and no alert can fire",
    _judge,
)
