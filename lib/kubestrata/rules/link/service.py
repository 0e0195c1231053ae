"""Services and their ports, as routes and Ingresses refer to them."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.alike import Names
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.link.unfollowed import doubt, foreign
from kubestrata.rules.link.unseen import composed, may_exist
from kubestrata.rules.near import is_misspelt, near
from kubestrata.rules.selector import LabelIndex
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_API_SERVER = ("default", "kubernetes")


def _index(tree: ClusterTree) -> LabelIndex[Subject]:
    return LabelIndex(tree.of_kind("", "Service"))


def service_index(tree: ClusterTree) -> LabelIndex[Subject]:
    """Return the Services of a tree by their own labels."""
    return tree.once(_index)


def service_names(tree: ClusterTree) -> dict[str, Names]:
    """Return the names of Services, by namespace."""
    found: dict[str, list[str]] = {}
    for service in tree.of_kind("", "Service"):
        found.setdefault(service.namespace, []).append(service.identity.name)
    return {each: Names(names) for each, names in found.items()}


def missing_service(
    tree: ClusterTree, subject: Subject, path: str, namespace: str, name: str
) -> Iterator[Finding]:
    """Yield a finding if no Service has a name, nor may have it."""
    if tree.exists("", "Service", namespace, name) or (namespace, name) == _API_SERVER:
        return
    names = tree.once(service_names).get(namespace, Names(()))
    severity = doubt(tree, namespace)
    if may_exist(tree, namespace, name):
        # A chart may make it, but hardly one whose name lacks a letter of another one's.
        is_open = foreign(tree, namespace, name) or composed(tree, namespace, name)
        if is_open or not any(is_misspelt(name, each) for each in names.ordered):
            return
        severity = Severity.WARNING
    message = f"no Service {name} in namespace {namespace}"
    yield subject.finding(path, message, near(name, names), severity)


def wrong_port(
    subject: Subject, path: str, service: Subject, key: str, port: object
) -> Iterator[Finding]:
    """Yield a finding if a Service has no such number (key `port`) or name (key `name`)."""
    ports = [mapping(each) for each in sequence(service.spec.get("ports"))]
    has = [str(each[key]) for each in ports if each.get(key) is not None]
    if not ports or port is None or str(port) in has or "${" in str((port, has)):
        return
    what = "number" if key == "port" else "name"
    shown = ", ".join(has) or f"ports without {what}"
    fix = near(str(port), has) if key == "name" else _one(has)
    yield subject.finding(
        path, f"Service {service.identity.name} has no port {port}; it has {shown}", fix
    )


def _one(ports: list[str]) -> str:
    return f"set {ports[0]}" if len(ports) == 1 else ""
