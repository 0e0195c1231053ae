"""The structs of custom kinds, made from their OpenAPI schemas.

Equal shapes of a package are one shape, whatever kinds they are in. Restrictions beyond types
(oneOf, anyOf, CEL rules) are left to validation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from kubestrata.bindings.shape.fact import description_of, facts_of
from kubestrata.bindings.shape.model import Field, Module, Path
from kubestrata.bindings.shape.restriction import restrictions_of
from kubestrata.bindings.shape.type_expr import (
    BOOLEAN,
    EMPTY_OBJECT,
    INT_OR_STRING,
    INTEGER,
    JSON,
    JSON_OBJECT,
    NUMBER,
    STRING,
    Choice,
    ListOf,
    MapOf,
    OpenStruct,
    OrNull,
    ShapeRef,
    TypeExpr,
    join,
)
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_list, is_mapping

SCALARS: Mapping[object, TypeExpr] = {
    "string": STRING,
    "integer": INTEGER,
    "number": NUMBER,
    "boolean": BOOLEAN,
}
"""The types of scalars by their name in a schema."""
_PYTHON: Mapping[object, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (float, int),
    "boolean": (bool,),
}
_LONGEST_WIRE = 512
_INT64 = 2**63
FindKnown: TypeAlias = Callable[[Mapping[str, Any], str, Collection[str]], ShapeRef | None]
"""A struct that exists already, by a schema, the field it is in and the fields beside that."""
HEAD = frozenset({"apiVersion", "kind", "metadata", "status"})
"""Top-level fields that are not part of a body."""


def choice_of(values: object) -> TypeExpr | None:
    """Return the type of an enum of strings and integers; None for any other enum."""
    if not is_list(values):
        return None
    kept = [value for value in values if value is not None]
    if not kept or not all(type(value) in (str, int) for value in kept):
        return None
    if any(isinstance(value, int) and not -_INT64 <= value < _INT64 for value in kept):
        return None
    return Choice(tuple(dict.fromkeys(kept)))


def value_type(value: object) -> TypeExpr:
    """Return the type of one value of an enum; JSON for a list or an object."""
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int):
        return Choice((value,)) if -_INT64 <= value < _INT64 else INTEGER
    if isinstance(value, str):
        return Choice((value,))
    return NUMBER if isinstance(value, float) else JSON


def _mixed(schema: Mapping[str, Any]) -> TypeExpr | None:
    """Return the type of an enum of mixed values, None if its values do not determine it."""
    values: object = schema.get("enum")
    if not is_list(values):
        return None
    allowed = _PYTHON.get(schema.get("type"))
    kept = [each for each in values if allowed is None or type(each) in allowed]
    return join(value_type(each) for each in kept if each is not None) if kept else None


def _alternatives(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the scalars and lists of scalars that a value may be; none if others are allowed."""
    parts: object = schema.get("oneOf") or schema.get("anyOf")
    if "type" in schema or not is_list(parts):
        return
    known = [each for each in parts if is_mapping(each)]
    items = [each.get("items") if each.get("type") == "array" else each for each in known]
    yield from known if len(known) == len(parts) and all(map(_is_scalar, items)) else ()


def _is_scalar(schema: object) -> bool:
    name = schema.get("type") if is_mapping(schema) else None
    return isinstance(name, str) and name in SCALARS


def writable(wire: str) -> bool:
    """Return True if msgspec supports a wire name: printable, without quotes and backslashes."""
    return len(wire) <= _LONGEST_WIRE and wire.isprintable() and not set('"\\') & set(wire)


def _keeps(schema: Mapping[str, Any]) -> bool:
    return schema.get("x-kubernetes-preserve-unknown-fields") is True


def keeps_unknown(schema: Mapping[str, Any]) -> bool:
    """Return True if an object has more fields than a struct can name."""
    properties: object = schema.get("properties")
    return bool(
        _keeps(schema)
        or schema.get("additionalProperties")
        or (is_mapping(properties) and not all(map(writable, properties)))
    )


@dataclass(slots=True)
class Shape:
    """Fields and restrictions that are equal at one or more locations."""

    key: str
    fields: tuple[Field, ...]
    restrictions: tuple[str, ...] = ()
    places: dict[Module, list[Path]] = field(default_factory=dict[Module, list["Path"]])


class _Place(Frozen):
    module: Module
    path: Path
    siblings: Collection[str] = ()

    def under(self, wire: str, siblings: Collection[str]) -> _Place:
        return _Place(self.module, (*self.path, wire), siblings)


def _unknown(_schema: Mapping[str, Any], _wire: str, _siblings: Collection[str]) -> None:
    """Return None: without Kubernetes among the sources there are no known structs."""


class Shapes:
    """Collects the distinct shapes of a package while the schemas of its kinds are walked."""

    def __init__(self, find_known: FindKnown = _unknown) -> None:
        self._find_known = find_known
        self._found: dict[tuple[tuple[Field, ...], tuple[str, ...]], Shape] = {}

    def all(self) -> Iterable[Shape]:
        """Return every shape, nested ones first."""
        return self._found.values()

    def body(self, schema: Mapping[str, Any], kind: str, module: Module) -> tuple[Field, ...]:
        """Return the fields of a kind beside apiVersion, kind, metadata and status."""
        properties: object = schema.get("properties")
        if not is_mapping(properties) or not properties:
            described = schema.get("type") == "object" and not keeps_unknown(schema)
            return () if described else (Field("spec", JSON_OBJECT, required=False),)
        kept = {
            name: each for name, each in properties.items() if name not in HEAD and writable(name)
        }
        return self._fields({**schema, "properties": kept}, _Place(module, (kind,)))

    def _fields(self, schema: Mapping[str, Any], place: _Place) -> tuple[Field, ...]:
        required: object = schema.get("required")
        needed = set(map(str, required)) if is_list(required) else set[str]()
        found: list[Field] = []
        for wire, each in schema["properties"].items():
            part = each if is_mapping(each) else {}
            must = wire in needed and "default" not in part
            type_ = self._type(part, place.under(wire, schema["properties"]))
            found.append(Field(wire, type_, must, facts_of(part), description_of(part)))
        return tuple(found)

    def _type(self, schema: Mapping[str, Any], place: _Place) -> TypeExpr:
        found = self._plain_type(schema, place)
        return OrNull(found) if schema.get("nullable") is True and found != JSON else found

    def _plain_type(self, schema: Mapping[str, Any], place: _Place) -> TypeExpr:
        if schema.get("x-kubernetes-embedded-resource") is True:
            return JSON_OBJECT
        if schema.get("x-kubernetes-int-or-string") is True:
            return INT_OR_STRING
        choice = choice_of(schema.get("enum"))
        if choice is not None:
            return choice
        mixed = _mixed(schema) or join(self._type(each, place) for each in _alternatives(schema))
        if mixed != JSON:
            return mixed
        name = schema.get("type")
        if isinstance(name, str) and name in SCALARS:
            return SCALARS[name]
        if name == "array":
            items: object = schema.get("items")
            return ListOf(self._type(items, place) if is_mapping(items) else JSON)
        if name == "object" or (name is None and schema.get("properties")):
            return self._object(schema, place)
        return JSON

    def _object(self, schema: Mapping[str, Any], place: _Place) -> TypeExpr:
        properties: object = schema.get("properties")
        values: object = schema.get("additionalProperties")
        if not is_mapping(properties) or not properties:
            if is_mapping(values) and values:
                return MapOf(self._type(values, place))
            return JSON_OBJECT if values or values == {} or _keeps(schema) else EMPTY_OBJECT
        known = {wire: each for wire, each in properties.items() if writable(wire)}
        if not known:
            return JSON_OBJECT
        same = self._find_known(schema, place.path[-1], place.siblings)
        found = same or self._shape(schema, known, place)
        return OpenStruct(found) if keeps_unknown(schema) else found

    def _shape(
        self, schema: Mapping[str, Any], properties: Mapping[str, Any], place: _Place
    ) -> ShapeRef:
        fields = self._fields({**schema, "properties": properties}, place)
        restrictions = restrictions_of(schema)
        fresh = Shape(f"#{len(self._found)}", fields, restrictions)
        shape = self._found.setdefault((fields, restrictions), fresh)
        shape.places.setdefault(place.module, []).append(place.path)
        return ShapeRef(shape.key)
