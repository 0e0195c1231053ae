"""P-ONE and P74: each request has one route, and each Service one route for a host.

Gateways have an order of their own for what only overlaps: the longer host before a wildcard, an
exact path before a prefix, the longer prefix before the shorter, then the more conditions. None of
that is said here. Equal conditions are in no order, and nor are equal regular expressions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.policy.route_match import Match, matches
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity

_HANDLING = ("filters", "retry", "sessionPersistence", "timeouts")
_Paths = Mapping[tuple[str, str, str], list[Match]]


def _ambiguous(tree: ClusterTree) -> Iterator[Finding]:
    taken: dict[tuple[str, ...], dict[object, Match]] = {}
    told: set[tuple[int, str]] = set()
    for match in matches(tree):
        key = match.gateway, match.host, match.type, match.path, match.rest
        owners = taken.setdefault(key, {})
        owner = _owner(owners, match)
        if owner is None:
            owners[match.listeners] = match
        elif (id(match.route), match.field) not in told:
            told.add((id(match.route), match.field))
            who = "an earlier rule" if owner.route is match.route else owner.owner
            yield match.route.finding(match.field, f"{who} has {match.told} already")


def _owner(owners: Mapping[object, Match], match: Match) -> Match | None:
    # Routes name few different sets of listeners.
    return next((each for each in owners.values() if each.meets(match)), None)


def _needless(tree: ClusterTree) -> Iterator[Finding]:
    paths = _by_path(matches(tree))
    asked: dict[tuple[int, str], list[Match]] = {}
    for match in matches(tree):
        asked.setdefault((id(match.route), match.field), []).append(match)
    for several in asked.values():
        # For a host of its own a route is needed.
        covering = [_covering(paths, each) for each in several]
        if covering[0] is not None and None not in covering:
            match, above = several[0], covering[0]
            said = f"{above.owner} sends {above.told} to {_service(above)} already"
            yield match.route.finding(match.field, said, f"leave it to {above.owner}")


def _covering(paths: _Paths, match: Match) -> Match | None:
    """The match of another route that does the same with these requests."""
    service = _service(match)
    if not service or match.type == "RegularExpression":
        return None
    above = _above(paths, match)
    if above is None or above.route is match.route:
        return None
    alike = _service(above) == service and _handled(above) == _handled(match)
    return above if alike else None


def _by_path(found: Sequence[Match]) -> _Paths:
    paths: dict[tuple[str, str, str], list[Match]] = {}
    for match in found:
        if match.type == "PathPrefix":
            paths.setdefault((match.gateway, match.host, match.path), []).append(match)
    return paths


def _above(paths: _Paths, match: Match) -> Match | None:
    """What would get the requests of a match if it were not there; None if that depends."""
    path = match.path
    if match.type == "PathPrefix":
        path = _parent(path)
    while path:
        there = paths.get((match.gateway, match.host, path), ())
        if len(there) == 1 and there[0].meets(match):
            return there[0] if there[0].rest in ("", match.rest) else None
        if any(each.meets(match) for each in there):
            return None
        path = _parent(path)
    return None


def _parent(path: str) -> str:
    """`/api` of `/api/v1`, '/' of `/api`, '' of `/`."""
    return "" if path == "/" else path.rpartition("/")[0] or "/"


def _service(match: Match) -> str:
    """The one Service that a rule sends to; '' for shares of several, and for none."""
    backends = [
        backend
        for backend in map(mapping, sequence(match.rule.get("backendRefs")))
        if backend.get("weight", 1) != 0
    ]
    if len(backends) != 1 or backends[0].get("kind", "Service") != "Service":
        return ""
    backend = backends[0]
    namespace = backend.get("namespace") or match.route.namespace
    return f"Service {namespace}/{backend.get('name')} port {backend.get('port')}"


def _handled(match: Match) -> str:
    """What is done with the requests beside sending them on."""
    handling: dict[str, Any] = {each: match.rule.get(each) for each in _HANDLING}
    backends = map(mapping, sequence(match.rule.get("backendRefs")))
    filters = [each.get("filters") for each in backends if each.get("filters")]
    return json.dumps([handling, filters], sort_keys=True)


RULE = Rule(
    "P-ONE",
    "no two routes are for the same host and path",
    "the older one gets all requests, the other none",
    _ambiguous,
)
RULES = (
    Rule(
        "P74",
        "one HTTPRoute sends the requests of a host to a Service; one for other hosts, one that"
        " handles requests otherwise, and one that splits or redirects them is another matter",
        "a change to the one leaves requests to the other as they were",
        _needless,
        Severity.WARNING,
        "baseline",
    ),
)
