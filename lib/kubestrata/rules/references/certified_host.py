"""R26: the certificate of a listener has the hosts of its routes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import GATEWAY
from kubestrata.rules.field import known, values
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding

_ROUTES = ("GRPCRoute", "HTTPRoute")


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    names = tree.once(_certificates)
    if not names:
        return
    for route in tree.of_kind(GATEWAY, *_ROUTES):
        certified = _certified(tree, route, names)
        if certified is None:
            continue
        for index, host in enumerate(map(str, sequence(route.spec.get("hostnames")))):
            if known(host) and not _covers(certified, host):
                said = f"{host} is not in the certificate of the listener"
                parent = host.partition(".")[2]
                fix = f"add {host} or *.{parent} to its dnsNames: a wildcard stands for one label"
                yield route.finding(f"spec.hostnames[{index}]", said, fix)


def _certificates(tree: ClusterTree) -> Mapping[tuple[str, str], frozenset[str]]:
    """Return the names of each Certificate, by the namespace and the name of its Secret."""
    return {
        (each.namespace, str(each.spec.get("secretName"))): frozenset(
            str(name)
            for name in (*sequence(each.spec.get("dnsNames")), each.spec.get("commonName"))
            if name
        )
        for each in tree.of_kind("cert-manager.io", "Certificate")
    }


def _certified(
    tree: ClusterTree, route: Subject, names: Mapping[tuple[str, str], frozenset[str]]
) -> frozenset[str] | None:
    """Return the names of the certificates of a route's listeners; None if they are not known."""
    found: frozenset[str] = frozenset()
    for _, value in values(route.manifest, "spec.parentRefs[]"):
        parent = mapping(value)
        namespace = str(parent.get("namespace") or route.namespace)
        gateway = tree.get(GATEWAY, "Gateway", namespace, str(parent.get("name")))
        listeners = [] if gateway is None else [*_listeners(gateway, parent)]
        for listener in listeners:
            for reference in sequence(mapping(listener.get("tls")).get("certificateRefs")):
                secret = mapping(reference)
                home = str(secret.get("namespace") or namespace)
                own = names.get((home, str(secret.get("name"))))
                if own is None or not all(map(known, own)):
                    return None
                found |= own
    return found or None


def _listeners(gateway: Subject, parent: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the listeners that end TLS, and that a route attaches to."""
    for _, value in values(gateway.manifest, "spec.listeners[]"):
        listener = mapping(value)
        if listener.get("protocol") == "HTTPS" and parent.get("sectionName") in (
            None,
            listener.get("name"),
        ):
            yield listener


def _covers(names: frozenset[str], host: str) -> bool:
    return host in names or f"*.{host.partition('.')[2]}" in names


RULES = (
    Rule(
        "R26",
        "the certificate of a listener has the hosts of the routes that attach to it",
        "clients refuse the certificate",
        _judge,
    ),
)
