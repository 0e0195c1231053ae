"""Typed patches: changes to objects that a construct creates.

A patch is a function over one struct type of the bindings. It is applied to every struct of that
type in objects created below its construct, before they are checked or written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import WeakKeyDictionary

import msgspec

from kubestrata.core import tree
from kubestrata.core.argument import require_each
from kubestrata.core.errors import InvalidValue
from kubestrata.core.json_value import is_mapping, is_sequence
from kubestrata.core.origin import Origin, caller
from kubestrata.core.struct import Struct

if TYPE_CHECKING:
    from constructs import IConstruct

_Part = TypeVar("_Part", bound=Struct)


class TypedPatch(Generic[_Part]):
    """`TypedPatch(k8s.PodSpec, change)` replaces every PodSpec with the result of `change`.

    The usual change is `msgspec.structs.replace(spec, host_network=True)`.
    """

    def __init__(self, part: type[_Part], change: Callable[[_Part], _Part]) -> None:
        self.part = part
        self.change = change
        self.origin: Origin = caller()

    def __repr__(self) -> str:
        return f"TypedPatch({self.part.__name__})"


class _Given:
    """The patches of one construct, and whether they matched."""

    def __init__(self, patches: Sequence[TypedPatch[Any]]) -> None:
        self.patches = patches
        self.used: set[int] = set()


_given: WeakKeyDictionary[IConstruct, _Given] = WeakKeyDictionary()
_is_patching = False


def register(scope: IConstruct, patches: Sequence[TypedPatch[Any]]) -> None:
    """Apply patches to objects that are created below `scope` from now on."""
    if is_sequence(patches):
        require_each("patches", patches, TypedPatch)
    if patches:
        global _is_patching  # noqa: PLW0603  # most programs have no patch, and each object asks
        _is_patching = True
        _given[scope] = _Given(patches)


def check_used(scope: IConstruct) -> None:
    """Raise InvalidValue for a patch of `scope` that has not matched any object."""
    given = _given.get(scope)
    for index, patch in enumerate(given.patches if given else ()):
        if given is not None and index not in given.used:
            why = f"matches nothing that {tree.path_of(scope)} makes"
            raise InvalidValue(repr(patch), why, "remove it", where=patch.origin)


def patched(scope: IConstruct, body: msgspec.Struct) -> msgspec.Struct:
    """Return the body with the patches of `scope` and its parents applied, the nearest first."""
    current: IConstruct | None = scope if _is_patching else None
    while current is not None:
        given = _given.get(current)
        if given is not None:
            body = _apply(given, body)
        known = tree.place_of(current)
        current = known.scope if known is not None else None
    return body


def _apply(given: _Given, value: Any) -> Any:
    if isinstance(value, Struct):
        value = _inside(given, value)
        for index, patch in enumerate(given.patches):
            if type(value) is patch.part:
                given.used.add(index)
                value = _changed(patch, value)
        return value
    if is_mapping(value):
        return {key: _apply(given, each) for key, each in value.items()}
    if is_sequence(value):
        return [_apply(given, each) for each in value]
    return value


def _inside(given: _Given, struct: msgspec.Struct) -> msgspec.Struct:
    changes: dict[str, Any] = {}
    for name in struct.__struct_fields__:
        before = getattr(struct, name)
        after = _apply(given, before)
        if after is not before:
            changes[name] = after
    return msgspec.structs.replace(struct, **changes) if changes else struct


def _changed(patch: TypedPatch[Any], value: Struct) -> Struct:
    made: Struct = patch.change(value)
    if type(made) is not patch.part:
        why = f"gives a {type(made).__name__}"
        raise InvalidValue(repr(patch), why, f"return a {patch.part.__name__}", where=patch.origin)
    return made
