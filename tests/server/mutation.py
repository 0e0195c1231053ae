"""Single changes of an object that an API server may or may not accept.

Every field is changed in all ways that its value allows; a sample of them is repeatable.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias

from kubestrata.core.json_value import Manifest

Step: TypeAlias = str | int
Path: TypeAlias = tuple[Step, ...]
_Change: TypeAlias = Callable[[Any, Any], None]
_Choice: TypeAlias = tuple[str, Path, _Change]

LONG = "a" * 254
TEXTS = ("", "Bad Value", "UPPER_case", "-x", "a..b", "x/y", "{{", "${x}", "-1", LONG)
NUMBERS = (-(2**31), -1, 0, 70_000, 2**40, 2**63)
QUANTITIES = ("-5m", "1.5.0Gi", "10x", "1 Gi")
TYPES: tuple[Any, ...] = ("x", 7, 3.5, True, ["a"], {"a": "b"})
_FREE = frozenset({"annotations", "args", "command", "data", "labels", "stringData"})


@dataclass(frozen=True, slots=True)
class Mutation:
    """A changed object: what was changed, and where."""

    changed: str
    path: str
    object: Manifest


def mutations(manifest: Manifest) -> Iterator[Mutation]:
    """Yield every change of an object."""
    for choice in _choices(manifest):
        yield _made(manifest, choice)


def sample(manifests: Sequence[Manifest], count: int, seed: int) -> list[Mutation]:
    """Return a repeatable choice of changes of some objects, the objects in turn."""
    random = Random(seed)  # nothing secret
    found: list[Mutation] = []
    choices = [list(_choices(each)) for each in manifests]
    while len(found) < count and any(choices):
        for manifest, each in zip(manifests, choices, strict=True):
            if each and len(found) < count:
                found.append(_made(manifest, each.pop(random.randrange(len(each)))))
    return found


def _choices(manifest: Manifest) -> Iterator[_Choice]:
    for path, value in _places(manifest, ()):
        if path[0] not in ("apiVersion", "kind"):
            for changed, change in _changes(path, value):
                yield changed, path, change


def _made(manifest: Manifest, choice: _Choice) -> Mutation:
    changed, path, change = choice
    fresh = copy.deepcopy(manifest)
    holder: Any = fresh
    for step in path[:-1]:
        holder = holder[step]
    change(holder, path[-1])
    return Mutation(changed, ".".join(map(str, path)), fresh)


def _places(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield (*path, key), each
            if key not in _FREE:
                yield from _places(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield (*path, index), each
            yield from _places(each, (*path, index))


def _changes(path: Path, value: Any) -> Iterator[tuple[str, _Change]]:
    yield "remove", lambda holder, key: holder.pop(key)
    yield "null", _set(None)
    for other in TYPES:
        if type(other) is not type(value):
            yield "type", _set(other)
    for changed, other in _others(value, is_quantity="resources" in path):
        if other != value:
            yield changed, _set(other)


def _others(value: Any, *, is_quantity: bool) -> Iterator[tuple[str, Any]]:
    match value:
        case str():
            yield from (("text", each) for each in TEXTS)
            if is_quantity:
                yield from (("quantity", each) for each in QUANTITIES)
        case bool():
            yield "other truth", not value
        case int():
            yield from (("range", each) for each in NUMBERS)
        case list():
            yield "no items", []
            yield "item twice", [*value, *value[:1]]
        case dict():
            yield "empty object", {}
            yield "unknown field", {**value, "bogusField": "x"}


def _set(value: Any) -> _Change:
    def change(holder: Any, key: Any) -> None:
        holder[key] = value

    return change
