"""JSON merge patches (RFC 7386)."""

from __future__ import annotations

from typing import Any

from kubestrata.core.json_value import is_mapping, mapping


def merge_patch(value: Any, patch: Any) -> Any:
    """Return a value with a patch: maps merge, null removes, anything else replaces."""
    if not is_mapping(patch):
        return patch
    made = dict(mapping(value))
    for key, part in patch.items():
        if part is None:
            made.pop(key, None)
        else:
            made[key] = merge_patch(made.get(key), part)
    return made
