"""The construct tree in Python: parents, children, and the lines that created them.

It is kept in attributes of the constructs, because reading a path from Node costs a round trip.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard
from weakref import WeakSet

from kubestrata.core.errors import DuplicateObject, InvalidReference
from kubestrata.core.frozen import Frozen
from kubestrata.core.origin import Origin
from kubestrata.core.reference import OwningComponent

if TYPE_CHECKING:
    from constructs import IConstruct

_ATTRIBUTE = "_kubestrata_node"
_NO_ATTRIBUTES: Mapping[str, Any] = {}
_OF_CONSTRUCTS = ("__jsii_declared_type__", "__jsii_type__")
"""Attributes of classes: those of this library, and those of jsii."""


class Place(Frozen):
    """The location of a construct: its scope, its id, and the line that created it."""

    scope: IConstruct | None
    id: str
    origin: Origin
    path: str


@dataclass(slots=True)
class _Node:
    """The part of the tree that belongs to one construct."""

    place: Place | None = None
    ids: dict[str, Origin] = field(default_factory=dict[str, Origin])
    """The ids in use below it, with the lines that created them."""
    is_owner: bool = False
    is_platform: bool = False


_placed: WeakSet[IConstruct] = WeakSet()


def _node(construct: object) -> _Node:
    attributes: Mapping[str, Any] = getattr(construct, "__dict__", _NO_ATTRIBUTES)
    found: _Node | None = attributes.get(_ATTRIBUTE)
    if found is None:
        _require_construct(construct)
        found = vars(construct)[_ATTRIBUTE] = _Node()
    return found


def _require_construct(scope: object) -> None:
    if not any(hasattr(type(scope), each) for each in _OF_CONSTRUCTS):
        what = repr(scope) if isinstance(scope, str) or scope is None else type(scope).__name__
        fix = "pass the component (self) or a construct inside it"
        raise InvalidReference(f"scope {what}", "is not a construct", fix)


def claim(scope: IConstruct, id: str, origin: Origin) -> None:
    """Reserve `id` in `scope`; raises DuplicateObject with both lines if it is in use."""
    taken = _node(scope).ids
    if id in taken:
        raise DuplicateId(scope, id, origin, taken[id])
    taken[id] = origin


class DuplicateId(DuplicateObject):
    """Two constructs of one scope have one id; the message names both lines."""

    def __init__(self, scope: IConstruct, id: str, origin: Origin, first: Origin) -> None:
        self.scope, self.id, self.origin, self.first = scope, id, origin, first
        above = f", called from {first.called_from}" if first.called_from else ""
        why = f"{path_of(scope) or 'the platform'} has one already, created at {first}{above}"
        fix = f"give one of them another id, such as {id + '-2'!r}"
        super().__init__(f"id {id!r}", why, fix, where=origin)

    def written_as(self, id: str) -> DuplicateId:
        """Return the same error for the id that the caller wrote."""
        return DuplicateId(self.scope, id, self.origin, self.first)


def children_of(scope: IConstruct) -> dict[str, Origin]:
    """Return the ids of the constructs in Node below a scope, with the lines that created them."""
    places = filter(None, map(place_of, _placed))
    return {each.id: each.origin for each in places if each.scope is scope}


def place(construct: IConstruct, scope: IConstruct | None, id: str, origin: Origin) -> None:
    """Register the location of a construct."""
    path = id if scope is None else path_of(scope, id)
    _node(construct).place = Place(scope, id, origin, path)
    _placed.add(construct)


def place_of(construct: IConstruct) -> Place | None:
    """Return the location of a construct; None for one that Python did not create."""
    return _node(construct).place


def path_of(construct: IConstruct, *ids: str) -> str:
    """Return the construct path: ids joined by '/', without the platform itself.

    Raises InvalidReference for what is not a construct.
    """
    known = _node(construct).place
    above = known.path if known is not None else ""
    return "/".join(filter(None, (above, *ids)))


def enroll(component: OwningComponent) -> None:
    """Register a component, to find it from constructs below it."""
    _node(component).is_owner = True


def _is_owner(construct: IConstruct | OwningComponent) -> TypeGuard[OwningComponent]:
    return _node(construct).is_owner


def find_owner(construct: IConstruct) -> OwningComponent | None:
    """Return the component that contains a construct, or None."""
    current: IConstruct | None = construct
    while current is not None:
        if _is_owner(current):
            return current
        known = _node(current).place
        current = known.scope if known is not None else None
    return None


def plant(platform: IConstruct) -> None:
    """Register a Platform as a tree root."""
    _node(platform).is_platform = True


def root_of(construct: IConstruct) -> IConstruct:
    """Return the topmost scope that Python created."""
    current = construct
    while (known := _node(current).place) is not None and known.scope is not None:
        current = known.scope
    return current


def stands_in_platform(construct: IConstruct) -> bool:
    """Return True if a construct is below a Platform."""
    return _node(root_of(construct)).is_platform


def owner_of(construct: IConstruct) -> OwningComponent:
    """Return the component that contains a construct; raises InvalidReference if there is none."""
    found = find_owner(construct)
    if found is None:
        what = f"scope {type(construct).__name__}"
        fix = "pass the component (self) or a construct inside it"
        raise InvalidReference(what, "is not in a Component", fix)
    return found
