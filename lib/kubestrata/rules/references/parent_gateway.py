"""R01: routes, and ListenerSets, refer to a Gateway that accepts them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import GATEWAY
from kubestrata.rules.field import known, mapping_at, values
from kubestrata.rules.link.chart_gateway import is_made_otherwise, may_be_made
from kubestrata.rules.link.reference import Target
from kubestrata.rules.link.unfollowed import doubt, is_whole
from kubestrata.rules.link.unseen import charted, has_charts, hidden
from kubestrata.rules.namespace import may_select_namespace
from kubestrata.rules.near import is_misspelt, near
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.traffic.listener import hosts_meet, listeners_of, named_listeners
from kubestrata.rules.violation import Finding, Severity

_ROUTES = ("GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute", "UDPRoute")
_KINDS = {
    "HTTP": ("GRPCRoute", "HTTPRoute"),
    "HTTPS": ("GRPCRoute", "HTTPRoute"),
    "TCP": ("TCPRoute",),
    "TLS": ("TCPRoute", "TLSRoute"),
    "UDP": ("UDPRoute",),
}
_Listeners = list[dict[str, Any]]


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for route in tree.of_kind(GATEWAY, *_ROUTES):
        taking: _Listeners | None = []
        for path, parent in values(route.manifest, "spec.parentRefs[]"):
            found = _parent(tree, route, mapping(parent), path)
            if isinstance(found, Finding):
                yield found
            if found is None or isinstance(found, Finding):
                taking = None
            elif taking is not None:
                taking += found
        if taking:
            yield from _lost_hosts(route, taking)
    for listeners in tree.of_kind(GATEWAY, "ListenerSet"):
        yield from _attached(tree, listeners)


def _attached(tree: ClusterTree, listeners: Subject) -> Iterator[Finding]:
    """Yield a finding if no Gateway accepts a ListenerSet; by default a Gateway accepts none."""
    parent = mapping(listeners.spec.get("parentRef"))
    gateway = _gateway(tree, listeners, parent, "spec.parentRef")
    if isinstance(gateway, Finding):
        yield gateway
    elif gateway is not None:
        allowed = mapping_at(gateway.spec, "allowedListeners.namespaces")
        source = {"from": "None", **allowed}
        why = _namespace_refusal(tree, listeners, gateway, source, "ListenerSets")
        if why:
            yield listeners.finding("spec.parentRef", f"{_named(gateway)} {why}")


def _gateway(
    tree: ClusterTree, subject: Subject, parent: dict[str, Any], path: str
) -> Finding | Subject | None:
    """Return the named Gateway or ListenerSet, a finding if missing, None if one may exist."""
    kind = parent.get("kind", "Gateway")
    if kind not in ("Gateway", "ListenerSet") or parent.get("group", GATEWAY) != GATEWAY:
        return None
    name = known(parent.get("name"))
    namespace = known(parent.get("namespace", subject.namespace))
    if not name or not namespace:
        return None
    found = tree.get(GATEWAY, kind, namespace, name)
    if found is not None:
        return found
    if tree.exists(GATEWAY, kind, namespace, name):
        return None
    missing = _missing(tree, subject, f"{path}.name", Identity(GATEWAY, kind, namespace, name))
    if not _may_be(tree, kind, namespace, name):
        return missing
    # A chart names its Gateway after its release, or as its values say.
    is_charted = has_charts(tree, namespace) and not is_made_otherwise(tree, namespace, name)
    if not is_charted:
        return None
    others = (each.identity for each in tree.of_kind(GATEWAY, kind))
    is_wrong = any(each.namespace == namespace and is_misspelt(name, each.name) for each in others)
    if charted(tree, namespace, name) and not is_wrong:
        return None
    return replace(missing, severity=Severity.WARNING)


def _may_be(tree: ClusterTree, kind: str, namespace: str, name: str) -> bool:
    # What was not read may bring a namespace for Gateways with it.
    if not is_whole(tree) and tree.get("", "Namespace", "", namespace) is None:
        return True
    return may_be_made(tree, namespace, name) if kind == "Gateway" else hidden(tree, namespace)


def _named(parent: Subject) -> str:
    return f"{parent.identity.kind} {parent.namespace}/{parent.identity.name}"


def _parent(
    tree: ClusterTree, route: Subject, parent: dict[str, Any], path: str
) -> Finding | _Listeners | None:
    """Return the listeners that accept the route, or a finding; None if that cannot be known."""
    gateway = _gateway(tree, route, parent, path)
    if not isinstance(gateway, Subject):
        return gateway
    listeners = listeners_of(gateway.spec)
    named = named_listeners(listeners, parent)
    if not named:
        return _no_listener(route, parent, path, _named(gateway), listeners)
    refusals = [_refusal(tree, route, gateway, each) for each in named]
    if "" in refusals:
        return [each for each, why in zip(named, refusals, strict=True) if not why]
    why = "; ".join(dict.fromkeys(refusals))
    return route.finding(path, f"{_named(gateway)} does not accept this route: {why}")


def _missing(tree: ClusterTree, subject: Subject, path: str, wanted: Identity) -> Finding:
    target = Target(wanted.group, wanted.kind, tree.knowledge.kind(*wanted[:2]))
    space = wanted.namespace
    message = f"no {wanted.kind} {wanted.name} in namespace {wanted.namespace}"
    there = target.namespace_of(tree, wanted.name)
    if there:
        return subject.finding(path, message, f"set namespace: {there}", doubt(tree, space))
    here = target.names(tree).get(wanted.namespace, ())
    return subject.finding(path, message, near(wanted.name, here), doubt(tree, space))


def _no_listener(
    route: Subject, parent: Mapping[str, Any], path: str, where: str, listeners: _Listeners
) -> Finding | None:
    section, port = parent.get("sectionName"), parent.get("port")
    if not listeners or (section is not None and not known(section)):
        return None
    names = [str(each.get("name")) for each in listeners]
    if section is not None and section not in names:
        message = f"{where} has no listener {section}"
        return route.finding(f"{path}.sectionName", message, near(section, names))
    named = [each for each in listeners if section in (None, each.get("name"))]
    ports = ", ".join(sorted({str(each.get("port")) for each in named}))
    listener = f"listener {section} of {where}" if section else f"{where}"
    return route.finding(f"{path}.port", f"{listener} is not on port {port}; it has {ports}")


def _refusal(tree: ClusterTree, route: Subject, gateway: Subject, listener: dict[str, Any]) -> str:
    name, allowed = listener.get("name"), mapping(listener.get("allowedRoutes"))
    kinds = tuple(str(mapping(each).get("kind")) for each in sequence(allowed.get("kinds")))
    kinds = kinds or _KINDS.get(str(listener.get("protocol")), ())
    if kinds and route.identity.kind not in kinds:
        return f"listener {name} accepts {', '.join(kinds)}"
    why = _namespace_refusal(tree, route, gateway, mapping(allowed.get("namespaces")))
    if why:
        return f"listener {name} {why}"
    host, hosts = listener.get("hostname"), sequence(route.spec.get("hostnames"))
    if host and hosts and not any(hosts_meet(host, each) for each in hosts):
        return f"listener {name} has hostname {host}"
    return ""


def _namespace_refusal(
    tree: ClusterTree,
    route: Subject,
    gateway: Subject,
    allowed: dict[str, Any],
    what: str = "routes",
) -> str:
    source = allowed.get("from", "Same")
    if source == "None":
        return f"accepts {what} of no namespace"
    if source == "Same" and route.namespace != gateway.namespace:
        return f"accepts {what} of namespace {gateway.namespace} only"
    if source == "Selector":
        selector = mapping(allowed.get("selector"))
        if not may_select_namespace(tree, selector, route.namespace):
            return f"does not select namespace {route.namespace}"
    return ""


def _lost_hosts(route: Subject, taking: _Listeners) -> Iterator[Finding]:
    hosts = [each.get("hostname") for each in taking]
    if any(not each for each in hosts):
        return
    for path, host in values(route.manifest, "spec.hostnames[]"):
        if not any(hosts_meet(each, host) for each in hosts):
            yield route.finding(
                path,
                f"no listener accepts {host}; they have {', '.join(sorted(map(str, hosts)))}",
            )


RULES = (
    Rule(
        "R01",
        "a route refers to a Gateway and a listener that accepts its kind, namespace and hostnames",
        "no traffic is routed",
        _check,
        in_charts=Severity.WARNING,
    ),
)
