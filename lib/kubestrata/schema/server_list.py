"""Uniqueness of list items and validity of quantities, as the API server checks them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.core.value.amount import is_quantity
from kubestrata.schema.branch import Branch, Growth, reached, steps
from kubestrata.schema.definitions import KubernetesDefinitions
from kubestrata.schema.fault import Fault, dotted, hidden, is_open, shown

QUANTITY = "x-kubestrata-quantity"
"""Marks the definition of quantities; its type alone would admit any text."""
_PROTOCOL = {"protocol": "TCP"}


class ServerList(Frozen):
    """One location: a list with keys, a list without equal items, or a quantity."""

    keys: tuple[str, ...] = ()
    unique: bool = False
    defaults: Mapping[str, Any] | None = None


def _own(schema: dict[str, Any]) -> ServerList | None:
    kind, keys = schema.get("x-kubernetes-list-type"), schema.get("x-kubernetes-list-map-keys")
    if kind == "map" and is_list(keys):
        items = schema.get("items")
        properties = items.get("properties") if is_mapping(items) else None
        known = properties if is_mapping(properties) else {}
        defaults = {key: known[key]["default"] for key in keys if "default" in known.get(key, {})}
        return ServerList(tuple(keys), defaults={**_PROTOCOL, **defaults})
    if kind == "set":
        return ServerList(unique=True)
    return ServerList() if schema.get(QUANTITY) else None


def server_lists(
    schema: dict[str, Any], definitions: KubernetesDefinitions
) -> Branch[ServerList] | None:
    """Return the lists of a schema that the server merges by key, and its quantities."""
    return Growth(_own, definitions, definitions.branches("lists")).of(schema)


def list_faults(
    branch: Branch[ServerList] | None, value: object, *, substituted: bool = False
) -> Iterator[Fault]:
    """Yield duplicate items and invalid quantities."""
    if branch is None:
        return
    for own, each, trail in reached(branch, value):
        if is_list(each):
            masked = [hidden(item, steps(trail)) for item in each]
            twice = _keyed(own, each) if own.keys else _equal(each, masked) if own.unique else ()
            for index, what in twice:
                path = dotted([*steps(trail), index])
                yield Fault(path, f"a second item with {what}", "remove one of them")
        elif _is_bad_quantity(own, each) and not (substituted and is_open(each)):
            where = steps(trail)
            said = shown(hidden(each, where))
            message = (
                f"{said} is not a valid quantity: must be a number, with a suffix such as "
                "m, k, M, Mi or Gi"
            )
            yield Fault(dotted(where), message)


def _is_bad_quantity(own: ServerList, value: object) -> bool:
    return not (own.keys or own.unique or value is None or is_quantity(value))


def _keyed(own: ServerList, items: list[Any]) -> Iterator[tuple[int, str]]:
    seen: set[tuple[str, ...]] = set()
    defaults = own.defaults or {}
    for index, item in enumerate(items):
        if not is_mapping(item):
            continue
        values = [item.get(key, defaults.get(key)) for key in own.keys]
        known = tuple(map(repr, values))
        if known in seen:
            named = zip(own.keys, values, strict=True)
            what = ", ".join(f"{key} {shown(each)}" for key, each in named if each is not None)
            yield index, what or f"no {own.keys[0]}"
        seen.add(known)


def _equal(items: list[Any], masked: list[Any]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for index, item in enumerate(items):
        known = repr(item)
        if known in seen:
            yield index, f"the value {shown(masked[index])}"
        seen.add(known)
