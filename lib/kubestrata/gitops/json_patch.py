"""Patches as Kustomize reads them: a merge of fields, or operations on paths (RFC 6902)."""

from __future__ import annotations

import copy
from typing import Any

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.json_patch import PatchError, apply_operation
from kubestrata.core.json_value import Manifest, is_list, is_mapping
from kubestrata.core.yaml_read import load_all
from kubestrata.gitops.merge_patch import merge_patch

_HEAD = ("apiVersion", "kind")
"""Fields by which a patch says what it is for, as it does by the name in `metadata`."""


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
            apply_operation(made, operation)
        return made
    if len(values) != 1 or not is_mapping(values[0]):
        raise PatchError("it is neither an object nor a list of operations")
    merged: Manifest = merge_patch(manifest, values[0])
    names = {key: manifest[key] for key in _HEAD if key in manifest}
    metadata = {**merged["metadata"], "name": manifest["metadata"]["name"]}
    return {**merged, **names, "metadata": metadata}
