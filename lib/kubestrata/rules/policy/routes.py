"""P-ONE: each request has one route."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding

_Listeners: TypeAlias = tuple[str, str]
_Key: TypeAlias = tuple[str, str, str]
_ANY: _Listeners = ("", "")


def _gateways(route: Subject) -> Iterator[tuple[str, _Listeners]]:
    for each in sequence(route.spec.get("parentRefs")):
        parent = mapping(each)
        namespace = parent.get("namespace") or route.namespace
        name = f"{parent.get('kind', 'Gateway')} {namespace}/{parent.get('name')}"
        yield name, (str(parent.get("sectionName") or ""), str(parent.get("port") or ""))


def _match(match: dict[str, Any]) -> tuple[str, str]:
    """A match as text: for people, and with all that it asks for."""
    path = {"type": "PathPrefix", "value": "/", **mapping(match.get("path"))}
    if path["type"] == "PathPrefix":
        path["value"] = str(path["value"]).rstrip("/") or "/"
    for field in ("headers", "queryParams"):
        wanted = sequence(match.get(field))
        match = {**match, field: sorted(json.dumps(each, sort_keys=True) for each in wanted)}
    return f"{path['value']}", json.dumps({**match, "path": path}, sort_keys=True)


def _matches(route: Subject) -> Iterator[tuple[str, str, str]]:
    for index, each in enumerate(sequence(route.spec.get("rules"))):
        matches = sequence(mapping(each).get("matches"))
        for at, match in enumerate(matches or ({},)):
            field = f"spec.rules[{index}].matches[{at}]" if matches else f"spec.rules[{index}]"
            yield (field, *_match(mapping(match)))


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    taken: dict[_Key, dict[_Listeners, Subject]] = {}
    for route in tree.of_kind("gateway.networking.k8s.io", "HTTPRoute"):
        hosts = sequence(route.spec.get("hostnames")) or ("",)
        matches, told = list(_matches(route)), set[str]()
        for gateway, listeners in _gateways(route):
            for host in hosts:
                for field, path, match in matches:
                    owners = taken.setdefault((gateway, str(host), match), {})
                    owner = _owner(owners, listeners)
                    if owner is None:
                        owners[listeners] = route
                    elif field not in told:
                        told.add(field)
                        what = f"{host or 'any host'}{path} of {gateway}"
                        said = f"{_name(owner, route)} has {what} already"
                        yield route.finding(field, said)


def _owner(owners: dict[_Listeners, Subject], listeners: _Listeners) -> Subject | None:
    if listeners == _ANY and owners:
        return next(iter(owners.values()))
    return owners.get(listeners) or owners.get(_ANY)


def _name(owner: Subject, route: Subject) -> str:
    if owner is route:
        return "an earlier rule"
    return f"HTTPRoute {owner.namespace}/{owner.identity.name}"


RULE = Rule(
    "P-ONE",
    "no two routes are for the same host and path",
    "the older one gets all requests, the other none",
    _judge,
)
