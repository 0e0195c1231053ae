"""The types of fields, before they are written as annotations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from kubestrata.core.frozen import Frozen


class Plain(Frozen):
    """A builtin or one of core's aliases: `str`, `Json`, `IntOrString` ..."""

    name: str


class Choice(Frozen):
    """One of a few strings or integers."""

    values: tuple[str | int, ...]


class ListOf(Frozen):
    """A list."""

    item: TypeExpr


class MapOf(Frozen):
    """A mapping from strings."""

    item: TypeExpr


class OrNull(Frozen):
    """A value that may be an explicit null."""

    item: TypeExpr


class OpenStruct(Frozen):
    """A struct beside which unknown fields are kept, so that any mapping is allowed."""

    item: TypeExpr


class ShapeRef(Frozen):
    """A struct, by the key of its shape; the name is given when all shapes are known."""

    key: str


class UnionOf(Frozen):
    """One of several types that JSON distinguishes."""

    items: tuple[TypeExpr, ...]


TypeExpr: TypeAlias = Plain | Choice | ListOf | MapOf | OrNull | OpenStruct | ShapeRef | UnionOf

STRING = Plain("str")
INTEGER = Plain("int")
NUMBER = Plain("float")
BOOLEAN = Plain("bool")
JSON = Plain("Json")
JSON_OBJECT = Plain("JsonObject")
EMPTY_OBJECT = Plain("EmptyObject")
INT_OR_STRING = Plain("IntOrString")
_SCALARS = frozenset((STRING, INTEGER, NUMBER, BOOLEAN, INT_OR_STRING))
QUANTITY = Plain("QuantityLike")
NULL = Plain("Null")
"""Only an alternative for `join`, never a type of its own."""


def shapes_in(types: Iterable[TypeExpr]) -> Iterator[str]:
    """Yield the keys of all shapes that types refer to."""
    for type_ in types:
        match type_:
            case ShapeRef(key):
                yield key
            case ListOf(item) | MapOf(item) | OrNull(item) | OpenStruct(item):
                yield from shapes_in([item])
            case UnionOf(items):
                yield from shapes_in(items)
            case _:
                pass


def with_shapes(type_: TypeExpr, keys: Mapping[str, str]) -> TypeExpr:
    """Return the same type, referring to other shapes."""
    match type_:
        case ShapeRef(key):
            return ShapeRef(keys[key])
        case ListOf(item):
            return ListOf(with_shapes(item, keys))
        case MapOf(item):
            return MapOf(with_shapes(item, keys))
        case OrNull(item):
            return OrNull(with_shapes(item, keys))
        case OpenStruct(item):
            return OpenStruct(with_shapes(item, keys))
        case UnionOf(items):
            return UnionOf(tuple(with_shapes(item, keys) for item in items))
        case _:
            return type_


def _joined_scalars(types: Iterable[TypeExpr]) -> Iterator[TypeExpr]:
    """Yield the alternatives without those that a wider one contains."""
    plain = {type_ for type_ in types if isinstance(type_, Plain)}
    if INT_OR_STRING in plain:
        plain |= {INTEGER, STRING}
    values = [value for type_ in types if isinstance(type_, Choice) for value in type_.values]
    whole = {INTEGER, NUMBER} & plain
    kept = [v for v in values if not (STRING in plain if isinstance(v, str) else whole)]
    if kept:
        yield Choice(tuple(dict.fromkeys(kept)))
    if {INTEGER, STRING} <= plain and NUMBER not in plain:
        yield INT_OR_STRING
    else:
        yield from (each for each in (STRING, *_numbers(plain)) if each in plain)
    if BOOLEAN in plain:
        yield BOOLEAN


def _numbers(plain: Iterable[TypeExpr]) -> tuple[TypeExpr, ...]:
    return (NUMBER,) if NUMBER in plain else (INTEGER,)


def _joined_lists(types: Iterable[TypeExpr]) -> Iterator[TypeExpr]:
    items = [type_.item for type_ in types if isinstance(type_, ListOf)]
    if items:
        yield ListOf(join(items))


def _joined_objects(types: Iterable[TypeExpr]) -> Iterator[TypeExpr]:
    """Replace several structs and mappings by any mapping: JSON cannot distinguish them."""
    plain = (JSON_OBJECT, EMPTY_OBJECT)
    found = [t for t in types if isinstance(t, (MapOf, OpenStruct, ShapeRef)) or t in plain]
    distinct = list(dict.fromkeys(found))
    if len(distinct) > 1:
        yield JSON_OBJECT
    yield from distinct if len(distinct) == 1 else ()


def join(types: Iterable[TypeExpr]) -> TypeExpr:
    """Return the type of a value that has one of several types."""
    given = [*types]
    if len(given) == 1 and given[0] in _SCALARS:
        return given[0]
    flat: list[TypeExpr] = []
    for type_ in given:
        rest = type_.item if isinstance(type_, OrNull) else type_
        flat += rest.items if isinstance(rest, UnionOf) else [rest]
        flat += [NULL] if isinstance(type_, OrNull) else []
    kept = [*_joined_scalars(flat), *_joined_lists(flat), *_joined_objects(flat)]
    if JSON in flat or not kept:
        return JSON
    found = kept[0] if len(kept) == 1 else UnionOf(tuple(kept))
    return OrNull(found) if NULL in flat else found
