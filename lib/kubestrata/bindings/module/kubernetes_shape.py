"""Kubernetes' own structs, found again where a custom kind embeds them.

Custom kinds are compiled with some release of Kubernetes and carry its structs written out.
A struct is recognised by its fields: all of them are Kubernetes' own, of the same types, and
at most a quarter is missing (a third at its usual place), because the release was an older one.
Fields alone prove little where there are few: then the name of the place or an equal description
must agree. Of several structs that fit, the one whose own neighbours are most like those of the
field is chosen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from kubestrata.bindings.kind.definition import OBJECT_META, PLAIN, Definitions, module_of
from kubestrata.bindings.kind.version import version_rank
from kubestrata.bindings.module.kubernetes_module import reachable
from kubestrata.bindings.shape.fact import facts_of
from kubestrata.bindings.shape.model import ClassRef, Field
from kubestrata.bindings.shape.name import words_of
from kubestrata.bindings.shape.restriction import restrictions_of
from kubestrata.bindings.shape.shape import HEAD, keeps_unknown
from kubestrata.bindings.shape.type_expr import (
    INT_OR_STRING,
    QUANTITY,
    ListOf,
    MapOf,
    ShapeRef,
    TypeExpr,
    shapes_in,
)
from kubestrata.core.json_value import is_list, is_mapping

_SPECIAL = ("nullable", "enum", "x-kubernetes-preserve-unknown-fields")
_LEAST_SHARE = 0.75
_LEAST_SHARE_IN_PLACE = 2 / 3
_TELLING = 4
_TELLING_WITHOUT_DESCRIPTIONS = 3
_GROUPS = ("core", "meta", "apps", "batch", "autoscaling", "policy", "networking", "rbac")


def _unversioned(key: str) -> str:
    """Return the name of a struct without its version: its uses count for all versions."""
    group, _, _ = module_of(key).rpartition("_")
    return f"{group}.{key.rpartition('.')[2]}"


def _sentence(schema: object) -> str:
    """Return a description without line breaks and the full stop, for comparison."""
    text = schema.get("description") if is_mapping(schema) else None
    return " ".join(text.split()).rstrip(".") if isinstance(text, str) else ""


class KubernetesShapes:
    """The structs of one Kubernetes version, by what they look like."""

    def __init__(self, definitions: Definitions, names: Mapping[str, ClassRef]) -> None:
        self._definitions = definitions
        self.names = names
        self._fields = {
            key: {field.wire: field for field in fields}
            for key, fields in reachable(definitions).items()
            if key not in definitions.kinds
        }
        self._having: dict[str, set[str]] = {}
        self._places: dict[str, set[tuple[str, frozenset[str]]]] = {}
        for key, fields in self._fields.items():
            for wire in fields:
                self._having.setdefault(wire, set()).add(key)
        bodies = [definitions.fields(key, HEAD) for key in definitions.kinds]
        for body in [*(fields.values() for fields in self._fields.values()), *bodies]:
            wires = frozenset(field.wire for field in body)
            for field in body:
                for inner in shapes_in([field.type]):
                    self._places.setdefault(_unversioned(inner), set()).add((field.wire, wires))
        self._known: dict[tuple[int, str], bool] = {}
        self._kept: list[object] = []

    def find(
        self, schema: Mapping[str, Any], wire: str, siblings: Collection[str]
    ) -> ShapeRef | None:
        """Return the Kubernetes struct that a schema in the field `wire` is a copy of, else None.

        `siblings` are the fields of the object that has the field.
        """
        properties: Mapping[str, Any] = schema["properties"]
        if _is_pruned(properties.get("metadata")):
            return None  # the struct has an ObjectMeta, of which the server would keep nothing
        fitting = [key for key in self._candidates(properties, wire) if self._fits(schema, key)]
        if not fitting:
            return None
        ranks = {key: self._rank(properties, key, wire, siblings) for key in fitting}
        best = max(fitting, key=ranks.__getitem__)
        alike, placed, *_ = ranks[best]
        missing = len(self._fields[best]) - len(properties)
        described = any(_sentence(each) for each in properties.values())
        telling = _TELLING if described else _TELLING_WITHOUT_DESCRIPTIONS
        proved = alike or placed or (not missing and len(properties) >= telling)
        return ShapeRef(best) if proved else None

    def _candidates(self, properties: Iterable[str], wire: str) -> set[str]:
        found: set[str] | None = None
        for each in properties:
            having = self._having.get(each, set[str]())
            found = having & found if found is not None else having
            if not found:
                return set()
        count = len(list(properties))
        return {key for key in found or () if count >= self._least(key, wire)}

    def _least(self, key: str, wire: str) -> float:
        """Return the least number of fields of a copy; fewer are enough at its usual location."""
        usual = any(name == wire for name, _ in self._places.get(_unversioned(key), ()))
        return (_LEAST_SHARE_IN_PLACE if usual else _LEAST_SHARE) * len(self._fields[key])

    def _rank(
        self, properties: Mapping[str, Any], key: str, wire: str, siblings: Collection[str]
    ) -> tuple[int, bool, int, int, int, int, int, tuple[int, ...], str]:
        """Return a rank of a match: equal descriptions, usual location, then how common it is."""
        own: Mapping[str, Any] = self._definitions.schemas[key]["properties"]
        alike = sum(
            1
            for name, each in properties.items()
            if _sentence(each) and _sentence(each) == _sentence(own[name])
        )
        group, _, version = module_of(key).rpartition("_")
        place = -_GROUPS.index(group) if group in _GROUPS else -len(_GROUPS)
        words = {*words_of(wire)} & {*words_of(key.rpartition(".")[2])}
        places = self._places.get(_unversioned(key), ())
        uses = [wires for name, wires in places if name == wire]
        near = max((len(wires.intersection(siblings)) for wires in uses), default=0)
        level, major, minor, _ = version_rank(version)
        missing = len(properties) - len(own)
        rank = (near, len(uses), missing, len(words), place)
        return alike, bool(uses), *rank, (level, major, minor), key

    def _fits(self, schema: Mapping[str, Any], key: str) -> bool:
        known = self._known.get((id(schema), key))
        if known is None:
            self._kept.append(schema)  # or another schema could get its id
            self._known[id(schema), key] = True  # while a recursive struct is compared
            known = self._known[id(schema), key] = self._equal(schema, key)
        return known

    def _equal(self, schema: Mapping[str, Any], key: str) -> bool:
        properties: object = schema.get("properties")
        if not is_mapping(properties) or not properties:
            return key == OBJECT_META and schema.get("type") == "object"
        if schema.get("additionalProperties") or restrictions_of(schema):
            return False
        own, found = self._fields[key], schema.get("required")
        required = {str(each) for each in found} if is_list(found) else set[str]()
        if any(field.required and wire not in properties for wire, field in own.items()):
            return False
        return all(
            wire in own and is_mapping(each) and self._same(each, own[wire], wire in required)
            for wire, each in properties.items()
        )

    def _same(self, schema: Mapping[str, Any], field: Field, required: bool) -> bool:  # noqa: FBT001
        must = required and "default" not in schema
        return (
            must == field.required
            and not set(_limits(schema)).difference(field.facts)
            and self._typed(schema, field.type)
        )

    def _typed(self, schema: object, type_: TypeExpr) -> bool:
        if not is_mapping(schema) or any(schema.get(keyword) for keyword in _SPECIAL):
            return False
        if schema.get("x-kubernetes-int-or-string"):
            return type_ in (INT_OR_STRING, QUANTITY)
        name, properties = schema.get("type"), schema.get("properties")
        match type_:
            case ListOf(item):
                return name == "array" and self._typed(schema.get("items"), item)
            case ShapeRef(key):
                return name == "object" and key in self._fields and self._fits(schema, key)
            case MapOf(item):
                values = schema.get("additionalProperties")
                return name == "object" and not properties and self._typed(values, item)
            case _:
                bare = not properties and not schema.get("additionalProperties")
                return bare and isinstance(name, str) and type_ == PLAIN.get(name)


def _is_pruned(schema: object) -> bool:
    """Return True for an object that declares no fields and keeps none."""
    return (
        is_mapping(schema)
        and schema.get("type") == "object"
        and not schema.get("properties")
        and not keeps_unknown(schema)
    )


def _limits(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the facts in which a copy may not differ from the original.

    Kubernetes itself states no pattern for a quantity and no empty default; generators of
    CustomResourceDefinitions add them.
    """
    for fact in facts_of(schema):
        word = fact.partition(" ")[0]
        mixed = word == "pattern" and schema.get("x-kubernetes-int-or-string")
        if word != "format" and fact != 'default ""' and not mixed:
            yield fact
