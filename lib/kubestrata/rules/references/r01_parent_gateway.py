"""R01: routes name a Gateway and a listener that takes their kind, namespace and hostnames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.near import near
from kubestrata.rules.references._chart_gateway import may_be_made
from kubestrata.rules.references._field import known
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject, selects
from kubestrata.rules.violation import Finding

_GROUP = "gateway.networking.k8s.io"
_ROUTES = ("GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute", "UDPRoute")
_KINDS = {
    "HTTP": ("GRPCRoute", "HTTPRoute"),
    "HTTPS": ("GRPCRoute", "HTTPRoute"),
    "TCP": ("TCPRoute",),
    "TLS": ("TCPRoute", "TLSRoute"),
    "UDP": ("UDPRoute",),
}
_Listeners = list[dict[str, Any]]


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for route in tree.of_kind(_GROUP, *_ROUTES):
        taking: _Listeners | None = []
        for index, parent in enumerate(sequence(route.spec.get("parentRefs"))):
            found = _parent(tree, route, mapping(parent), f"spec.parentRefs[{index}]")
            if isinstance(found, Finding):
                yield found
            if found is None or isinstance(found, Finding):
                taking = None
            elif taking is not None:
                taking += found
        if taking:
            yield from _lost_hosts(route, taking)


def _parent(
    tree: ClusterTree, route: Subject, parent: dict[str, Any], path: str
) -> Finding | _Listeners | None:
    """The listeners that take the route, what is wrong, or None if that cannot be known."""
    if parent.get("kind", "Gateway") != "Gateway" or parent.get("group", _GROUP) != _GROUP:
        return None
    name = known(parent.get("name"))
    namespace = known(parent.get("namespace", route.namespace))
    if not name or not namespace:
        return None
    gateway = tree.get(_GROUP, "Gateway", namespace, name)
    if gateway is None:
        declared = tree.exists(_GROUP, "Gateway", namespace, name)
        if declared or may_be_made(tree, namespace, name):
            return None
        return _missing(tree, route, f"{path}.name", name, namespace)
    listeners = [mapping(each) for each in sequence(gateway.spec.get("listeners"))]
    named = _named(listeners, parent)
    if not named:
        return _no_listener(route, parent, path, f"Gateway {namespace}/{name}", listeners)
    refusals = [_refusal(tree, route, gateway, each) for each in named]
    if "" in refusals:
        return [each for each, why in zip(named, refusals, strict=True) if not why]
    why = "; ".join(dict.fromkeys(refusals))
    return route.finding(path, f"Gateway {namespace}/{name} does not take this route: {why}")


def _missing(tree: ClusterTree, route: Subject, path: str, name: str, namespace: str) -> Finding:
    gateways = tree.of_kind(_GROUP, "Gateway")
    there = next((each.namespace for each in gateways if each.identity.name == name), "")
    message = f"no Gateway {name} in namespace {namespace}"
    if there:
        return route.finding(path, message, f"set namespace: {there}")
    here = (each.identity.name for each in gateways if each.namespace == namespace)
    return route.finding(path, message, near(name, here))


def _named(listeners: _Listeners, parent: Mapping[str, Any]) -> _Listeners:
    section, port = parent.get("sectionName"), parent.get("port")
    return [
        each
        for each in listeners
        if section in (None, each.get("name")) and port in (None, each.get("port"))
    ]


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
        return f"listener {name} takes {', '.join(kinds)}"
    why = _namespace_refusal(tree, route, gateway, mapping(allowed.get("namespaces")))
    if why:
        return f"listener {name} {why}"
    host, hosts = listener.get("hostname"), sequence(route.spec.get("hostnames"))
    if host and hosts and not any(_meet(host, each) for each in hosts):
        return f"listener {name} has hostname {host}"
    return ""


def _namespace_refusal(
    tree: ClusterTree, route: Subject, gateway: Subject, allowed: dict[str, Any]
) -> str:
    source = allowed.get("from", "Same")
    if source == "None":
        return "takes routes of no namespace"
    if source == "Same" and route.namespace != gateway.namespace:
        return f"takes routes of namespace {gateway.namespace} alone"
    if source == "Selector":
        selector = mapping(allowed.get("selector"))
        declared = tree.get("", "Namespace", "", route.namespace)
        labels = {"kubernetes.io/metadata.name": route.namespace}
        keys = {
            *mapping(selector.get("matchLabels")),
            *(mapping(each).get("key") for each in sequence(selector.get("matchExpressions"))),
        }
        if declared is None and not keys <= set(labels):
            return ""
        if not selects(selector, {**(declared.labels if declared else {}), **labels}):
            return f"does not select namespace {route.namespace}"
    return ""


def _meet(listener: object, route: object) -> bool:
    one, other = known(listener), known(route)
    if not one or not other or one == other:
        return True
    return (one.startswith("*.") and other.endswith(one[1:])) or (
        other.startswith("*.") and one.endswith(other[1:])
    )


def _lost_hosts(route: Subject, taking: _Listeners) -> Iterator[Finding]:
    hosts = [each.get("hostname") for each in taking]
    if any(not each for each in hosts):
        return
    for index, host in enumerate(sequence(route.spec.get("hostnames"))):
        if not any(_meet(each, host) for each in hosts):
            yield route.finding(
                f"spec.hostnames[{index}]",
                f"no listener takes {host}; they have {', '.join(sorted(map(str, hosts)))}",
            )


RULE = Rule(
    "R01",
    "a route names a Gateway and a listener that takes its kind, its namespace and its hostnames",
    "nothing is routed",
    _judge,
)
