"""Operations of JSON patches (RFC 6902) on plain values: add, remove and replace."""

from __future__ import annotations

from typing import Any

from kubestrata.core.json_value import Manifest, is_list, is_mapping, sequence


class PatchError(Exception):
    """A patch that cannot be applied; the text is the reason."""


def apply_operation(document: Manifest, operation: dict[str, Any]) -> None:
    """Apply one operation in place; raises PatchError for a path that does not exist."""
    kind, path = operation.get("op"), str(operation.get("path"))
    if kind not in ("add", "remove", "replace"):
        raise PatchError(f"the operation {kind} is not applied here")
    steps = [each.replace("~1", "/").replace("~0", "~") for each in path.split("/")[1:]]
    if not steps:
        raise PatchError(f"the path {path} is empty")
    parent: Any = document
    for step in steps[:-1]:
        parent = _child(parent, step, path)
    if is_mapping(parent):
        _change_field(parent, steps[-1], kind, operation)
    elif is_list(parent):
        _change_item(parent, steps[-1], kind, operation)
    else:
        raise PatchError(f"nothing is at {path}")


def _change_field(parent: dict[str, Any], name: str, kind: str, operation: dict[str, Any]) -> None:
    if kind != "add" and name not in parent:
        raise PatchError(f"nothing is at {operation['path']}")
    if kind == "remove":
        del parent[name]
    else:
        parent[name] = operation.get("value")


def _change_item(parent: list[Any], step: str, kind: str, operation: dict[str, Any]) -> None:
    path = str(operation["path"])
    index = len(parent) if step == "-" and kind == "add" else _index(parent, step, path)
    if kind == "add":
        parent.insert(index, operation.get("value"))
    elif index == len(parent):
        raise PatchError(f"nothing is at {path}")
    elif kind == "remove":
        del parent[index]
    else:
        parent[index] = operation.get("value")


def _child(value: Any, step: str, path: str) -> Any:
    if is_mapping(value) and step in value:
        return value[step]
    items = sequence(value)
    if items and _index(items, step, path) < len(items):
        return items[int(step)]
    raise PatchError(f"nothing is at {path}")


def _index(items: Any, step: str, path: str) -> int:
    if not step.isdecimal() or int(step) > len(items):
        raise PatchError(f"nothing is at {path}")
    return int(step)
