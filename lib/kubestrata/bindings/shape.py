"""The structs of one custom kind, made from its OpenAPI schema.

Equal shapes are made once, under the shortest of their path names; the other path names
become aliases. What restricts but is no type (oneOf, anyOf, CEL rules) is left to validation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kubestrata.bindings.fact import description_of, facts_of
from kubestrata.bindings.model import Field, StructModel
from kubestrata.bindings.name import Numbered, path_name
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


class Shapes:
    """Collects the distinct shapes of one kind while its schema is walked."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._keys: dict[tuple[Field, ...], str] = {}
        self._paths: dict[str, list[tuple[str, ...]]] = {}

    def body(self, schema: Mapping[str, Any]) -> tuple[Field, ...]:
        """The fields of the kind beside apiVersion, kind, metadata and status."""
        properties: object = schema.get("properties")
        if not is_mapping(properties) or not properties:
            return (Field("spec", JSON_OBJECT, required=False),)
        kept = {
            name: each for name, each in properties.items() if name not in HEAD and writable(name)
        }
        return self._fields({**schema, "properties": kept}, ())

    def _fields(self, schema: Mapping[str, Any], path: tuple[str, ...]) -> tuple[Field, ...]:
        required: object = schema.get("required")
        needed = set(map(str, required)) if is_list(required) else set[str]()
        found: list[Field] = []
        for wire, each in schema["properties"].items():
            part = each if is_mapping(each) else {}
            must = wire in needed and "default" not in part
            type_ = self._type(part, (*path, wire))
            found.append(Field(wire, type_, must, facts_of(part), description_of(part)))
        return tuple(found)

    def _type(self, schema: Mapping[str, Any], path: tuple[str, ...]) -> TypeExpr:
        found = self._plain_type(schema, path)
        return OrNull(found) if schema.get("nullable") is True and found != JSON else found

    def _plain_type(self, schema: Mapping[str, Any], path: tuple[str, ...]) -> TypeExpr:
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
            return ListOf(self._type(items, path) if is_mapping(items) else JSON)
        if name == "object" or (name is None and schema.get("properties")):
            return self._object(schema, path)
        return JSON

    def _object(self, schema: Mapping[str, Any], path: tuple[str, ...]) -> TypeExpr:
        properties: object = schema.get("properties")
        values: object = schema.get("additionalProperties")
        if not is_mapping(properties) or not properties:
            if is_mapping(values) and values:
                return MapOf(self._type(values, path))
            return JSON_OBJECT
        known = {wire: each for wire, each in properties.items() if writable(wire)}
        if not known:
            return JSON_OBJECT
        fields = self._fields({**schema, "properties": known}, path)
        key = self._keys.setdefault(fields, f"#{len(self._keys)}")
        self._paths.setdefault(key, []).append(path)
        return OpenStruct(ShapeRef(key)) if keeps_unknown(schema) else ShapeRef(key)

    def structs(self, taken: set[str]) -> tuple[dict[str, str], tuple[StructModel, ...]]:
        """Shape key -> class name, and the structs by name; no name is one of `taken`."""
        fields = {key: fields for fields, key in self._keys.items()}
        return name_structs(self._kind, fields, self._paths, taken)


def name_structs(
    root: str,
    fields: Mapping[str, tuple[Field, ...]],
    paths: Mapping[str, Sequence[tuple[str, ...]]],
    taken: set[str],
) -> tuple[dict[str, str], tuple[StructModel, ...]]:
    """Name each shape by the shortest of its paths below `root`; the others are its aliases."""
    wanted: dict[str, list[str]] = {}
    ranked: list[tuple[int, str, tuple[str, ...], str]] = []
    for key, found in paths.items():
        wanted[key] = sorted({path_name(root, path) for path in found})
        name, path = min(
            ((path_name(root, path), path) for path in found),
            key=lambda found: (len(found[0]), found),
        )
        ranked.append((len(name), name, path, key))
    given = Numbered(taken, "")
    names: dict[str, str] = {}
    places: dict[str, str] = {}
    for _, name, path, key in sorted(ranked):
        names[key] = given.unique(name)
        places[key] = ".".join((root, *path))
    models: list[StructModel] = []
    for key in sorted(names, key=lambda key: names[key]):
        aliases = [alias for alias in wanted[key] if alias not in given.used]
        given.used.update(aliases)
        models.append(StructModel(names[key], places[key], fields[key], tuple(aliases)))
    return names, tuple(models)
