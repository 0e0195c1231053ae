"""Conditions of HTTPRoute rules in comparable form: listeners, host, path and the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import GATEWAY
from kubestrata.rules.field import values
from kubestrata.rules.subject import ClusterTree, Subject

Listeners = frozenset[str] | None
"""The listeners of a gateway by name, or the reference of a route; None for all."""


class Match(Frozen):
    """A match of a route's rule, for one host of one gateway.

    `rest` are the conditions beside host and path, '' if there are none; `host` is '' for any.
    """

    route: Subject
    field: str
    rule: Mapping[str, Any]
    gateway: str
    listeners: Listeners
    host: str
    type: str
    path: str
    rest: str

    def meets(self, other: Match) -> bool:
        """Return True if a listener gets the requests of both."""
        if self.listeners is None or other.listeners is None:
            return True
        return not self.listeners.isdisjoint(other.listeners)

    @property
    def shown(self) -> str:
        """Return host, path and gateway, for messages."""
        return f"{self.host or 'any host'}{self.path} of {self.gateway}"

    @property
    def owner(self) -> str:
        """Return the route, for messages."""
        return f"HTTPRoute {self.route.namespace}/{self.route.identity.name}"


def matches(tree: ClusterTree) -> Sequence[Match]:
    """Return the matches of all HTTPRoutes, in the order of the tree."""
    return tree.once(_matches)


def _matches(tree: ClusterTree) -> Sequence[Match]:
    return [
        Match(route, field, rule, gateway, listeners, host, *asked)
        for route in tree.of_kind(GATEWAY, "HTTPRoute")
        for gateway, listeners in _gateways(tree, route)
        for host in _hosts(route)
        for field, rule, asked in _asked(route)
    ]


def _hosts(route: Subject) -> Sequence[str]:
    return [str(each).lower() for each in sequence(route.spec.get("hostnames"))] or [""]


def _gateways(tree: ClusterTree, route: Subject) -> Iterator[tuple[str, Listeners]]:
    for each in sequence(route.spec.get("parentRefs")):
        parent = mapping(each)
        kind, name = str(parent.get("kind") or "Gateway"), str(parent.get("name"))
        namespace = str(parent.get("namespace") or route.namespace)
        gateway = tree.get(GATEWAY, kind, namespace, name)
        yield f"{kind} {namespace}/{name}", _listeners(gateway, parent)


def _listeners(gateway: Subject | None, parent: Mapping[str, Any]) -> Listeners:
    section, port = parent.get("sectionName"), parent.get("port")
    if section is None and port is None:
        return None
    if gateway is None:
        return frozenset({f"{section}:{port}"})
    return frozenset(
        str(listener.get("name"))
        for listener in map(mapping, sequence(gateway.spec.get("listeners")))
        if section in (None, listener.get("name")) and port in (None, listener.get("port"))
    )


def _asked(route: Subject) -> Iterator[tuple[str, Mapping[str, Any], tuple[str, str, str]]]:
    for path, each in values(route.manifest, "spec.rules[]"):
        rule = mapping(each)
        found = [(f"{path}.{at}", match) for at, match in values(rule, "matches[]")]
        for field, match in found or [(path, {})]:
            yield field, rule, _normal(mapping(match))


def _normal(match: Mapping[str, Any]) -> tuple[str, str, str]:
    path = mapping(match.get("path"))
    kind, value = str(path.get("type") or "PathPrefix"), str(path.get("value") or "/")
    if kind == "PathPrefix":
        value = value.rstrip("/") or "/"
    rest: dict[str, object] = {}
    for field, fold in (("headers", str.lower), ("queryParams", str)):
        wanted = [
            (fold(str(each.get("name"))), each.get("type") or "Exact", str(each.get("value")))
            for each in map(mapping, sequence(match.get(field)))
        ]
        if wanted:
            rest[field] = sorted(wanted)
    if match.get("method"):
        rest["method"] = match["method"]
    return kind, value, json.dumps(rest, sort_keys=True) if rest else ""
