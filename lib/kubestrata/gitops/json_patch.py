"""Patches as Kustomize reads them: a merge of fields, or operations on paths (RFC 6902)."""

from __future__ import annotations

import copy
from typing import Any

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.json_value import Manifest, is_list, is_mapping, sequence
from kubestrata.core.yaml_read import load_all
from kubestrata.gitops.merge_patch import merge_patch

_HEAD = ("apiVersion", "kind")
"""Fields by which a patch says what it is for, as it does by the name in `metadata`."""


class PatchError(Exception):
    """A patch that cannot be applied; the text is the reason."""


def patched(manifest: Manifest, text: str) -> Manifest:
    """Return an object with a patch; for kinds without a strategy, lists are replaced.

    Raises PatchError for a patch that does not fit the object.
    """
    try:
        values: list[Any] = load_all(text, "the patch")
    except YamlSyntaxError as error:
        raise PatchError(f"{error.what}: {error.why}") from None
    if len(values) == 1 and is_list(values[0]):
        made = copy.deepcopy(manifest)
        for operation in values[0]:
            if not is_mapping(operation):
                raise PatchError("an operation is not an object")
            _apply(made, operation)
        return made
    if len(values) != 1 or not is_mapping(values[0]):
        raise PatchError("it is neither an object nor a list of operations")
    merged: Manifest = merge_patch(manifest, values[0])
    names = {key: manifest[key] for key in _HEAD if key in manifest}
    metadata = {**merged["metadata"], "name": manifest["metadata"]["name"]}
    return {**merged, **names, "metadata": metadata}


def _apply(document: Manifest, operation: dict[str, Any]) -> None:
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
