"""A single change of an object, as data: the location, and its new value."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeAlias

import msgspec

from kubestrata.core.json_value import Manifest

Step: TypeAlias = str | int


class Change(msgspec.Struct, frozen=True, array_like=True):
    """A change of an object: `value` at `path`, or no value if it is `removed`."""

    path: tuple[Step, ...]
    value: Any = None
    removed: bool = False

    def applied(self, manifest: Manifest) -> Manifest:
        """Return a changed copy of an object."""
        fresh = copy.deepcopy(manifest)
        holder: Any = fresh
        for step in self.path[:-1]:
            holder = holder[step]
        last: Any = self.path[-1]
        if self.removed:
            del holder[last]
        else:
            holder[last] = copy.deepcopy(self.value)
        return fresh


def change_between(before: Any, after: Any) -> Change | None:
    """Return the smallest change that makes one value of another, None if they are equal."""
    path: list[Step] = []
    while before != after or type(before) is not type(after):
        different: list[Step] = []
        if isinstance(before, dict) and isinstance(after, dict):
            keys = [*before, *(key for key in after if key not in before)]
            different = [key for key in keys if _other(before, after, key)]
        elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
            different = [at for at, one in enumerate(before) if _unlike(one, after[at])]
        if len(different) != 1:
            return Change(tuple(path), after)
        (step,) = different
        path.append(step)
        if isinstance(after, dict) and step not in after:
            return Change(tuple(path), removed=True)
        if isinstance(before, dict) and step not in before:
            return Change(tuple(path), after[step])
        before, after = before[step], after[step]
    return None


def _other(before: dict[str, Any], after: dict[str, Any], key: str) -> bool:
    return (key in before) != (key in after) or _unlike(before[key], after[key])


def _unlike(one: Any, other: Any) -> bool:
    return type(one) is not type(other) or one != other


def common(values: Sequence[Any]) -> Any:
    """Return what most of some values agree in: the object of which each is a change."""
    kind, _ = Counter(map(type, values)).most_common(1)[0]
    alike: list[Any] = [each for each in values if type(each) is kind]
    if kind is dict:
        keys = Counter(key for each in alike for key in each)
        kept = [key for key, count in keys.items() if 2 * count > len(alike)]
        return {key: common([each[key] for each in alike if key in each]) for key in kept}
    if kind is list:
        length, _ = Counter(map(len, alike)).most_common(1)[0]
        same = [each for each in alike if len(each) == length]
        return [common([each[at] for each in same]) for at in range(length)]
    return Counter(alike).most_common(1)[0][0]
