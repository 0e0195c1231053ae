"""Strategic merge patches with the results of Kustomize.

Maps are merged, None removes a field, lists are merged by the keys of the schema or replaced. New
items of merged lists come first. Patches of which Kustomize loses a part are refused.
"""

from __future__ import annotations

import copy
from typing import Any

from kubestrata.constructs.manifest.merge_schema import MergeSchema
from kubestrata.core.json_value import Manifest, is_list, is_mapping

_DIRECTIVE = "$patch"
_DELETE, _REPLACE = "delete", "replace"
_PROTOCOL = "protocol"


class PatchMismatchError(Exception):
    """A patch that does not fit an object: the field and the reason."""

    def __init__(self, field: str, why: str) -> None:
        self.field = field
        self.why = why
        super().__init__(f"{field}: {why}" if field else why)


class _Deleted:
    """The result for a value that its patch deletes."""


_DELETED = _Deleted()


def strategic_merge(manifest: Manifest, patch: Manifest, schema: MergeSchema) -> Manifest | None:
    """Return an object with a patch, None if the patch deletes it; raises PatchMismatchError."""
    merged = _merged(manifest, patch, schema, "")
    return merged if is_mapping(merged) else None


def _merged(value: Any, patch: Any, schema: MergeSchema, field: str) -> Any:
    if is_mapping(patch):
        return _merged_map(value, patch, schema, field)
    if is_list(patch):
        return _merged_list(value, patch, schema, field)
    if is_mapping(value) or is_list(value):
        raise PatchMismatchError(field, f"is {_form(value)}, but the patch has a scalar")
    return patch


def _merged_map(value: Any, patch: dict[str, Any], schema: MergeSchema, field: str) -> Any:
    if value is not None and not is_mapping(value):
        raise PatchMismatchError(field, f"is {_form(value)}, but the patch has a map")
    _refuse_directives(patch, field)
    directive = patch.get(_DIRECTIVE)
    if directive == _DELETE:
        return _DELETED
    made = {} if value is None or directive == _REPLACE else dict(value)
    for key, part in patch.items():
        if key == _DIRECTIVE:
            continue
        below = _DELETED if part is None else None
        if below is None:
            below = _merged(made.get(key), part, schema.field(key), _joined(field, key))
        if below is _DELETED:
            made.pop(key, None)
        else:
            made[key] = below
    return made


def _merged_list(value: Any, patch: list[Any], schema: MergeSchema, field: str) -> Any:
    if value is not None and not is_list(value):
        raise PatchMismatchError(field, f"is {_form(value)}, but the patch has a list")
    replaces = [each for each in patch if is_mapping(each) and each.get(_DIRECTIVE) == _REPLACE]
    if any(len(each) > 1 for each in replaces):
        raise PatchMismatchError(field, "has $patch: replace in an item with other fields")
    if not schema.is_merged or replaces:
        return copy.deepcopy([each for each in patch if each not in replaces])
    known = value or []
    if not schema.keys:
        return [*patch, *(each for each in known if each not in patch)]
    return _merged_by_key(known, patch, schema, field)


def _merged_by_key(
    known: list[Any], patch: list[Any], schema: MergeSchema, field: str
) -> list[Any]:
    keys = _keys_of(known, patch, schema.keys)
    first: list[Any] = []
    changed: dict[int, Any] = {}
    for number, part in enumerate(patch):
        where = f"{field}[{number}]"
        at = _index_of(known, part, keys, where)
        below = _merged(None if at is None else known[at], part, schema.items, where)
        # Items with several keys stay in their places.
        if at is not None and len(keys) > 1:
            changed[at] = below
        else:
            if at is not None:
                changed[at] = _DELETED
            first.append(below)
    rest = (changed.get(index, each) for index, each in enumerate(known))
    return [each for each in (*first, *rest) if each is not _DELETED]


def _keys_of(known: list[Any], patch: list[Any], keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys that some item has: a protocol is compared only where one is written."""
    items = [each for each in (*known, *patch) if is_mapping(each)]
    return tuple(each for each in keys if any(each in item for item in items)) or keys


def _index_of(known: list[Any], part: Any, keys: tuple[str, ...], where: str) -> int | None:
    """Return the index of the item that a part of a patch is for, None for a new one."""
    main = next((each for each in keys if each != _PROTOCOL), keys[0])
    if not is_mapping(part) or part.get(main) is None:
        raise PatchMismatchError(where, f"has no {main}, by which the items of this list merge")
    same = [
        index
        for index, each in enumerate(known)
        if is_mapping(each) and all(each.get(key) == part.get(key) for key in keys)
    ]
    if same:
        return same[0]
    near = [each for each in known if is_mapping(each) and each.get(main) == part[main]]
    if any(each.get(key) is None or part.get(key) is None for each in near for key in keys):
        others = " and ".join(key for key in keys if key != main)
        raise PatchMismatchError(where, f"may be the item with the same {main}: set {others} too")
    return None


def _refuse_directives(patch: dict[str, Any], field: str) -> None:
    for key in patch:
        if key.startswith("$") and key != _DIRECTIVE:
            raise PatchMismatchError(_joined(field, key), "is a directive that Kustomize ignores")
    directive = patch.get(_DIRECTIVE, "merge")
    if directive not in (_DELETE, _REPLACE, "merge"):
        why = f"is {directive!r}; must be delete, replace or merge"
        raise PatchMismatchError(_joined(field, _DIRECTIVE), why)


def _joined(field: str, key: str) -> str:
    return f"{field}.{key}" if field else key


def _form(value: object) -> str:
    return "a map" if is_mapping(value) else "a list" if is_list(value) else "a scalar"
