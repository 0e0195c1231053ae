"""Keys of list items: the fields by which Kubernetes identifies the items of a list."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from kubestrata.core.json_value import is_mapping, mapping

_MAP_KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "ports": (("containerPort", "protocol"), ("port", "protocol")),
    "volumeMounts": (("mountPath",),),
    "volumeDevices": (("devicePath",),),
    "topologySpreadConstraints": (("topologyKey", "whenUnsatisfiable"),),
    "hostAliases": (("ip",),),
    "conditions": (("type",),),
    "ownerReferences": (("uid",),),
    "subjects": (("kind", "namespace", "name"),),
    "dependsOn": (("namespace", "name"),),
}
"""The keys of map lists in the Kubernetes API, if not `name`."""
_GENERAL = (("name",), ("key",), ("id",), ("type",), ("metadata.name",))
_DEFAULTS = {"protocol": "TCP", "namespace": ""}


def keyed(field: str, *lists: Sequence[Any]) -> list[dict[str, Any]] | None:
    """Return the items of each list by their key; None if no key fits all items of all lists.

    `field` is the name of the field that holds the lists.
    """
    for keys in (*_MAP_KEYS.get(field, ()), *_GENERAL):
        found = [_by_key(keys, items) for items in lists]
        complete = [each for each in found if each is not None]
        if len(complete) == len(lists):
            return complete
    return None


def _by_key(keys: tuple[str, ...], items: Sequence[Any]) -> dict[str, Any] | None:
    named: dict[str, Any] = {}
    for item in items:
        key = _key(keys, item)
        if key is None or key in named:
            return None
        named[key] = item
    return named


def _key(keys: tuple[str, ...], item: Any) -> str | None:
    if not is_mapping(item):
        return None
    values = [_value(item, key) for key in keys]
    if any(isinstance(each, bool) or not isinstance(each, str | int) for each in values):
        return None
    # the last key must have a value
    return None if values[-1] == "" else "/".join(str(each) for each in values if each != "")


def _value(item: dict[str, Any], key: str) -> Any:
    head, _, rest = key.partition(".")
    found = item.get(head, _DEFAULTS.get(head))
    return mapping(found).get(rest) if rest else found


def canonical(value: Any) -> str:
    """Return a text that is equal for equal JSON values and differs for 1, 1.0 and true."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
