"""Differences of two JSON values, field by field.

List items are compared by their keys (`env[NEW]`), or else by their longest common subsequence.
The path of a removed item has its index in the old list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_mapping, is_sequence
from kubestrata.core.list_key import canonical, keyed
from kubestrata.core.sequence_match import gaps, matches

FieldVerb = Literal["added", "removed", "changed", "reordered"]


class FieldChange(Frozen, order=True):
    """One field that differs; `before` or `after` is None where it is absent.

    A list with the same items in another order is "reordered"; both sides are then the keys of its
    items, or the items themselves if they have none.
    """

    path: str
    verb: FieldVerb
    before: Any = None
    after: Any = None


def field_changes(before: Any, after: Any, path: str = "") -> list[FieldChange]:
    """Return the fields that differ between two values, in the order of the values."""
    return list(_changes(before, after, path, ""))


def join_path(path: str, key: str) -> str:
    """Return the path of a field of a mapping: `spec.replicas`, `data['a.b/c']`."""
    plain = key.replace("_", "a").replace("-", "a").isalnum()
    if not plain:
        return f"{path}[{key!r}]"
    return f"{path}.{key}" if path else key


def _changes(before: Any, after: Any, path: str, field: str) -> Iterator[FieldChange]:
    if is_mapping(before) and is_mapping(after):
        yield from _entries(before, after, {key: join_path(path, key) for key in before | after})
    elif is_sequence(before) and is_sequence(after):
        yield from _items(before, after, path, field)
    elif before != after or canonical(before) != canonical(after):
        yield FieldChange(path, "changed", before, after)


def _entries(
    before: Mapping[str, Any], after: Mapping[str, Any], paths: Mapping[str, str]
) -> Iterator[FieldChange]:
    for key, path in paths.items():
        if key not in after:
            yield FieldChange(path, "removed", before=before[key])
        elif key not in before:
            yield FieldChange(path, "added", after=after[key])
        else:
            yield from _changes(before[key], after[key], path, key)


def _items(
    before: Sequence[Any], after: Sequence[Any], path: str, field: str
) -> Iterator[FieldChange]:
    found = keyed(field, before, after)
    if found is None:
        yield from _aligned(before, after, path)
        return
    old, new = found
    yield from _entries(old, new, {key: f"{path}[{key}]" for key in old | new})
    common = [key for key in old if key in new], [key for key in new if key in old]
    if common[0] != common[1]:
        yield FieldChange(path, "reordered", *common)


def _aligned(before: Sequence[Any], after: Sequence[Any], path: str) -> Iterator[FieldChange]:
    """Compare lists without keys; replaced ranges are compared item by item."""
    one, other = [canonical(each) for each in before], [canonical(each) for each in after]
    if one != other and sorted(one) == sorted(other):
        yield FieldChange(path, "reordered", list(before), list(after))
        return
    for old, new in gaps(matches(one, other), (len(one), len(other))):
        for left, right in zip(old, new, strict=False):
            yield from _changes(before[left], after[right], f"{path}[{right}]", "")
        for left in old[len(new) :]:
            yield FieldChange(f"{path}[{left}]", "removed", before=before[left])
        for right in new[len(old) :]:
            yield FieldChange(f"{path}[{right}]", "added", after=after[right])
