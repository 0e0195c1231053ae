"""P74, P80: each request has one route, and each Service one route for a host.

Gateways order matches that only overlap: the longer host before a wildcard, an exact path before a
prefix, the longer prefix before the shorter, then the larger number of conditions. Those are not
violations here. Equal conditions have no order, and nor have equal regular expressions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.traffic.route_match import Match, matches
from kubestrata.rules.violation import Finding, Severity

_HANDLING = ("filters", "retry", "sessionPersistence", "timeouts")
_Paths = Mapping[tuple[str, str, str], list[Match]]


def _ambiguous(tree: ClusterTree) -> Iterator[Finding]:
    taken: dict[tuple[str, ...], dict[object, Match]] = {}
    reported: set[tuple[int, str]] = set()
    for match in matches(tree):
        if not tree.generated and "${" in match.gateway + match.host + match.path:
            continue
        key = match.gateway, match.host, match.type, match.path, match.rest
        owners = taken.setdefault(key, {})
        owner = _owner(owners, match)
        if owner is None:
            owners[match.listeners] = match
        elif owner.rule is not match.rule and (id(match.route), match.field) not in reported:
            reported.add((id(match.route), match.field))
            who = "an earlier rule" if owner.route is match.route else owner.owner
            yield match.route.finding(match.field, f"{who} already has {match.shown}")


def _owner(owners: Mapping[object, Match], match: Match) -> Match | None:
    # Routes have few different sets of listeners.
    return next((each for each in owners.values() if each.meets(match)), None)


def _needless(tree: ClusterTree) -> Iterator[Finding]:
    paths = _by_path(matches(tree))
    asked: dict[tuple[int, str], list[Match]] = {}
    for match in matches(tree):
        asked.setdefault((id(match.route), match.field), []).append(match)
    for several in asked.values():
        # Another host requires its own route.
        covering = [_covering(paths, each) for each in several]
        if covering[0] is not None and None not in covering:
            match, above = several[0], covering[0]
            said = f"{above.owner} already sends {above.shown} to {_service(above)}"
            yield match.route.finding(match.field, said, f"remove it, as {above.owner} covers it")


def _covering(paths: _Paths, match: Match) -> Match | None:
    """Return the match of another route that handles these requests in the same way."""
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
    """Return the match that would get the requests without this one; None if that depends."""
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
    """Return `/api` for `/api/v1`, '/' for `/api`, '' for `/`."""
    return "" if path == "/" else path.rpartition("/")[0] or "/"


def _service(match: Match) -> str:
    """Return the one Service that a rule sends to; '' if there are several or none."""
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
    """Return the handling of requests beside their forwarding."""
    handling: dict[str, Any] = {each: match.rule.get(each) for each in _HANDLING}
    backends = map(mapping, sequence(match.rule.get("backendRefs")))
    filters = [each.get("filters") for each in backends if each.get("filters")]
    return json.dumps([handling, filters], sort_keys=True)


RULES = (
    Rule(
        "P74",
        "one HTTPRoute sends the requests of a host to a Service, unless another one has other "
        "hosts, other handling, several backends or a redirect",
        "a change to one route leaves the requests of the other unchanged",
        _needless,
        Severity.WARNING,
        "baseline",
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P80",
        "no two routes have the same host and path",
        "the older route gets all requests",
        _ambiguous,
        aliases=("P-ONE",),
        in_charts=Severity.ERROR,
    ),
)
