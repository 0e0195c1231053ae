"""Listeners of a Gateway: those that a reference names, and the hosts they share with a route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import known


def listeners_of(gateway: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the listeners in the spec of a Gateway or ListenerSet."""
    return [mapping(each) for each in sequence(gateway.get("listeners"))]


def named_listeners(
    listeners: Sequence[dict[str, Any]], parent: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the listeners that a reference to their parent includes, by section and port."""
    section, port = parent.get("sectionName"), parent.get("port")
    return [
        each
        for each in listeners
        if section in (None, each.get("name")) and port in (None, each.get("port"))
    ]


def hosts_meet(listener: object, route: object) -> bool:
    """Return True if the hostnames of a listener and a route have a name in common."""
    one, other = known(listener), known(route)
    if not one or not other or one == other:
        return True
    return (one.startswith("*.") and other.endswith(one[1:])) or (
        other.startswith("*.") and one.endswith(other[1:])
    )


def shared_host(listener: object, route: object) -> str:
    """Return the narrower of two hostnames that meet; '' if it is not known."""
    if not listener:
        return known(route)
    one, other = known(listener), known(route)
    if not one or not other:
        return ""
    return max(one, other, key=lambda host: (not host.startswith("*."), len(host)))
