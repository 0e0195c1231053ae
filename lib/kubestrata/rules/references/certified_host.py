"""R26: the certificate of a listener has the hosts of its routes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import CERT_MANAGER, GATEWAY
from kubestrata.rules.field import known, values
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.traffic.listener import (
    hosts_meet,
    listeners_of,
    named_listeners,
    shared_host,
)
from kubestrata.rules.violation import Finding

_ROUTES = ("GRPCRoute", "HTTPRoute")


class _Listener(Frozen):
    """A listener that ends TLS; `certified` are the names of its certificates, None if unknown."""

    hostname: object
    certified: frozenset[str] | None


def _check(tree: ClusterTree) -> Iterator[Finding]:
    names = tree.once(_certificates)
    if not names:
        return
    for route in tree.of_kind(GATEWAY, *_ROUTES):
        listeners = [
            each
            for _, parent in values(route.manifest, "spec.parentRefs[]")
            for each in _listeners(tree, route, mapping(parent), names)
        ]
        for index, host in enumerate(sequence(route.spec.get("hostnames"))):
            asked = _uncertified(listeners, host)
            if asked:
                said = f"{asked} is not in the certificate of the listener"
                parent = asked.partition(".")[2]
                fix = f"add {asked} or *.{parent} to its dnsNames: a wildcard stands for one label"
                yield route.finding(f"spec.hostnames[{index}]", said, fix)


def _certificates(tree: ClusterTree) -> Mapping[tuple[str, str], frozenset[str]]:
    """Return the names of each Certificate, by the namespace and the name of its Secret."""
    return {
        (each.namespace, str(each.spec.get("secretName"))): frozenset(
            str(name)
            for name in (*sequence(each.spec.get("dnsNames")), each.spec.get("commonName"))
            if name
        )
        for each in tree.of_kind(CERT_MANAGER, "Certificate")
    }


def _listeners(
    tree: ClusterTree,
    route: Subject,
    parent: Mapping[str, Any],
    names: Mapping[tuple[str, str], frozenset[str]],
) -> Iterator[_Listener]:
    """Yield the listeners that end TLS, and that a route refers to."""
    namespace = str(parent.get("namespace") or route.namespace)
    gateway = tree.get(GATEWAY, "Gateway", namespace, str(parent.get("name")))
    if gateway is None:
        return
    for each in named_listeners(listeners_of(gateway.spec), parent):
        if each.get("protocol") == "HTTPS":
            yield _Listener(each.get("hostname"), _certified(each, namespace, names))


def _certified(
    listener: Mapping[str, Any],
    namespace: str,
    names: Mapping[tuple[str, str], frozenset[str]],
) -> frozenset[str] | None:
    """Return the names of the certificates of a listener; None if they are not known."""
    found: frozenset[str] = frozenset()
    for reference in sequence(mapping(listener.get("tls")).get("certificateRefs")):
        secret = mapping(reference)
        home = str(secret.get("namespace") or namespace)
        own = names.get((home, str(secret.get("name"))))
        if own is None or not all(map(known, own)):
            return None
        found |= own
    return found or None


def _uncertified(listeners: Sequence[_Listener], host: object) -> str:
    """Return the host that clients ask a listener for, if no certificate has it; else ''.

    A listener without the host gets none of its requests.
    """
    asked = ""
    for each in listeners:
        if not hosts_meet(each.hostname, host):
            continue
        shared = shared_host(each.hostname, host)
        if each.certified is None or not shared or _covers(each.certified, shared):
            return ""
        asked = asked or shared
    return asked


def _covers(names: frozenset[str], host: str) -> bool:
    return host in names or f"*.{host.partition('.')[2]}" in names


RULES = (
    Rule(
        "R26",
        "the certificate of a listener has the hosts of the routes that attach to it",
        "clients refuse the certificate",
        _check,
    ),
)
