"""R08: monitors select Services or pods, and scrape ports that these have."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import known, mapping_at, values
from kubestrata.rules.link.monitor import monitored_namespaces, monitors, selected
from kubestrata.rules.link.service import service_index
from kubestrata.rules.link.unfollowed import doubt
from kubestrata.rules.link.unseen import dynamic
from kubestrata.rules.link.unseen_pod import pods_known
from kubestrata.rules.near import near
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import Pod, pod_index


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for monitor, field in monitors(tree, "Service"):
        services = selected(monitor, service_index(tree))
        yield from _only_pods(tree, monitor, field, _service_ports(services))
        yield from _problems(tree, monitor, "Service", services)
        yield from _ports(tree, monitor, field, services, _service_ports(services))
    for monitor, field in monitors(tree, "Pod"):
        pods = selected(monitor, pod_index(tree))
        workloads = [each.workload for each in pods]
        yield from _problems(tree, monitor, "pod", workloads)
        yield from _ports(tree, monitor, field, workloads, _pod_ports(pods))


def _problems(
    tree: ClusterTree, monitor: Subject, what: str, found: list[Subject]
) -> Iterator[Finding]:
    namespaces = monitored_namespaces(monitor)
    # The API server has a Service of its own in `default`.
    if found or namespaces is None or "default" in namespaces:
        return
    if _more(tree, monitor) or dynamic(tree, mapping(monitor.spec.get("selector"))):
        return
    where = ", ".join(namespaces)
    message = f"selects no {what} of namespace {where}"
    yield monitor.finding("spec.selector", message, severity=doubt(tree))


def _service_ports(services: list[Subject]) -> set[str]:
    return {
        str(mapping(port).get("name"))
        for each in services
        for port in sequence(each.spec.get("ports"))
    }


def _pod_ports(pods: list[Pod]) -> set[str]:
    return {
        str(mapping(port).get("name"))
        for each in pods
        for container in each.containers
        for port in sequence(container.body.get("ports"))
    }


def _ports(
    tree: ClusterTree, monitor: Subject, field: str, found: list[Subject], ports: set[str]
) -> Iterator[Finding]:
    if not found or _more(tree, monitor):
        return
    has = sorted(ports - {"None"})
    for path, value in values(monitor.manifest, f"spec.{field}[].port"):
        port = known(value)
        if port and port not in ports:
            names = ", ".join(sorted({each.identity.name for each in found})[:5])
            message = f"{names} has no port named {port}; it has {', '.join(has) or 'none'}"
            yield monitor.finding(path, message, near(port, has))


def _only_pods(tree: ClusterTree, monitor: Subject, field: str, own: set[str]) -> Iterator[Finding]:
    """Yield ports that pods of an operator have, but none of the Services that it creates."""
    labels = mapping_at(monitor.spec, "selector.matchLabels")
    for (group, kind), fact in tree.knowledge.operands_with_ports.items():
        name = str(labels.get(fact.service_label, ""))
        namespaces = monitored_namespaces(monitor) or ()
        if not any(tree.exists(group, kind, each, name) for each in namespaces):
            continue
        for path, value in values(monitor.manifest, f"spec.{field}[].port"):
            if value in fact.pod_ports and value not in own:
                message = f"no Service of {kind} {name} has a port named {value}; its pods have"
                yield monitor.finding(path, message, "select the pods")


def _more(tree: ClusterTree, monitor: Subject) -> bool:
    """Return True if it may select more than the known objects."""
    namespaces = monitored_namespaces(monitor)
    selector = mapping(monitor.spec.get("selector"))
    return namespaces is None or not all(pods_known(tree, each, selector) for each in namespaces)


RULES = (
    Rule(
        "R08",
        "a monitor selects Services or pods, and scrapes a port that they have",
        "nothing is scraped, and no alert can fire",
        _check,
        in_charts=Severity.ERROR,
    ),
)
