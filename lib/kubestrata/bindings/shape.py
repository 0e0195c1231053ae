"""The structs of custom kinds, made from their OpenAPI schemas.

Equal shapes of a package are one shape, whatever kinds they are in. What restricts but is no
type (oneOf, anyOf, CEL rules) is left to validation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from kubestrata.bindings.fact import description_of, facts_of
from kubestrata.bindings.model import Field
from kubestrata.bindings.restriction import restrictions_of
from kubestrata.bindings.type_expr import (
    BOOLEAN,
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
)
from kubestrata.core.json_value import is_list, is_mapping

SCALARS: Mapping[object, TypeExpr] = {
    "string": STRING,
    "integer": INTEGER,
    "number": NUMBER,
    "boolean": BOOLEAN,
}
"""The types of scalars by their name in a schema."""
_LONGEST_WIRE = 512
_INT64 = 2**63
Path: TypeAlias = tuple[str, ...]
"""Names that lead to a shape, its kind in front: ("HTTPRoute", "spec", "rules")."""
Module: TypeAlias = tuple[str, ...]
"""The path of a generated module below the root package."""
FindKnown: TypeAlias = Callable[[Mapping[str, Any], str], ShapeRef | None]
"""A struct that is there already, by a schema and the field that it is in."""
HEAD = frozenset({"apiVersion", "kind", "metadata", "status"})
"""Top-level fields that are no part of a body."""


def choice_of(values: object) -> TypeExpr | None:
    """The type of an enum of strings and integers; None for any other enum."""
    if not is_list(values):
        return None
    kept = [value for value in values if value is not None]
    if not kept or not all(type(value) in (str, int) for value in kept):
        return None
    if any(isinstance(value, int) and not -_INT64 <= value < _INT64 for value in kept):
        return None
    return Choice(tuple(dict.fromkeys(kept)))


def writable(wire: str) -> bool:
    """Whether msgspec can carry a wire name: printable, without quotes and backslashes."""
    return len(wire) <= _LONGEST_WIRE and wire.isprintable() and not set('"\\') & set(wire)


def keeps_unknown(schema: Mapping[str, Any]) -> bool:
    """Whether an object with properties has more fields than a struct can name."""
    properties: object = schema.get("properties")
    return bool(
        schema.get("x-kubernetes-preserve-unknown-fields") is True
        or schema.get("additionalProperties")
        or (is_mapping(properties) and not all(map(writable, properties)))
    )


@dataclass(slots=True)
class Shape:
    """Fields and restrictions that stand, all equal, at one or more places."""

    key: str
    fields: tuple[Field, ...]
    restrictions: tuple[str, ...] = ()
    places: dict[Module, list[Path]] = field(default_factory=dict[Module, list["Path"]])


@dataclass(frozen=True, slots=True)
class _Place:
    module: Module
    path: Path

    def under(self, wire: str) -> _Place:
        return _Place(self.module, (*self.path, wire))


def _unknown(_schema: Mapping[str, Any], _wire: str) -> None:
    """Without Kubernetes among the sources no struct is there already."""


class Shapes:
    """Collects the distinct shapes of a package while the schemas of its kinds are walked."""

    def __init__(self, find_known: FindKnown = _unknown) -> None:
        self._find_known = find_known
        self._found: dict[tuple[tuple[Field, ...], tuple[str, ...]], Shape] = {}

    def all(self) -> Iterable[Shape]:
        """Every shape, what is inside of others first."""
        return self._found.values()

    def body(self, schema: Mapping[str, Any], kind: str, module: Module) -> tuple[Field, ...]:
        """The fields of a kind beside apiVersion, kind, metadata and status."""
        properties: object = schema.get("properties")
        if not is_mapping(properties) or not properties:
            return (Field("spec", JSON_OBJECT, required=False),)
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
            type_ = self._type(part, place.under(wire))
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
            return JSON_OBJECT
        known = {wire: each for wire, each in properties.items() if writable(wire)}
        if not known:
            return JSON_OBJECT
        found = self._find_known(schema, place.path[-1]) or self._shape(schema, known, place)
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
