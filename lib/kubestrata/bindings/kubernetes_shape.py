"""Kubernetes' own structs, found again where a custom kind embeds them.

Custom kinds are compiled with some release of Kubernetes and carry its structs written out.
A struct is recognised by its fields: all of them are Kubernetes' own, of the same types, and
at most a quarter is missing, because the release was an older one. Fields alone prove little
where there are few: then the name of the place or an equal description must agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kubestrata.bindings.definition import OBJECT_META, PLAIN, Definitions, module_of
from kubestrata.bindings.fact import facts_of
from kubestrata.bindings.kubernetes_module import reachable
from kubestrata.bindings.model import ClassRef, Field
from kubestrata.bindings.name import words_of
from kubestrata.bindings.restriction import restrictions_of
from kubestrata.bindings.shape import HEAD
from kubestrata.bindings.type_expr import (
    INT_OR_STRING,
    QUANTITY,
    ListOf,
    MapOf,
    ShapeRef,
    TypeExpr,
    shapes_in,
)
from kubestrata.bindings.version import version_rank
from kubestrata.core.json_value import is_list, is_mapping

_SPECIAL = ("nullable", "enum", "x-kubernetes-preserve-unknown-fields")
_LEAST_SHARE = 0.75
_TELLING = 4
_TELLING_WITHOUT_DESCRIPTIONS = 3
_GROUPS = ("core", "meta", "apps", "batch", "autoscaling", "policy", "networking", "rbac")


def _sentence(schema: object) -> str:
    """A description, so that line breaks and a full stop make no difference."""
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
        self._places: dict[str, set[str]] = {}
        for key, fields in self._fields.items():
            for wire in fields:
                self._having.setdefault(wire, set()).add(key)
        bodies = [definitions.fields(key, HEAD) for key in definitions.kinds]
        for body in [*(fields.values() for fields in self._fields.values()), *bodies]:
            for field in body:
                for inner in shapes_in([field.type]):
                    self._places.setdefault(inner, set()).add(field.wire)
        self._known: dict[tuple[int, str], bool] = {}
        self._kept: list[object] = []

    def find(self, schema: Mapping[str, Any], wire: str) -> ShapeRef | None:
        """The struct that a schema in the field `wire` is, if it is one of Kubernetes'."""
        properties: Mapping[str, Any] = schema["properties"]
        fitting = [key for key in self._candidates(properties) if self._fits(schema, key)]
        if not fitting:
            return None
        best = max(fitting, key=lambda key: self._rank(properties, key, wire))
        alike, placed, missing, *_ = self._rank(properties, best, wire)
        described = any(_sentence(each) for each in properties.values())
        telling = _TELLING if described else _TELLING_WITHOUT_DESCRIPTIONS
        proved = alike or placed or (not missing and len(properties) >= telling)
        return ShapeRef(best) if proved else None

    def _candidates(self, properties: Iterable[str]) -> set[str]:
        found: set[str] | None = None
        for wire in properties:
            having = self._having.get(wire, set[str]())
            found = having & found if found is not None else having
            if not found:
                return set()
        count = len(list(properties))
        return {key for key in found or () if count >= _LEAST_SHARE * len(self._fields[key])}

    def _rank(
        self, properties: Mapping[str, Any], key: str, wire: str
    ) -> tuple[int, bool, int, int, int, tuple[int, ...], str]:
        """How well a struct fits: what is alike, its usual place, and then what is usual."""
        own: Mapping[str, Any] = self._definitions.schemas[key]["properties"]
        alike = sum(
            1
            for name, each in properties.items()
            if _sentence(each) and _sentence(each) == _sentence(own[name])
        )
        group, _, version = module_of(key).rpartition("_")
        place = -_GROUPS.index(group) if group in _GROUPS else -len(_GROUPS)
        words = {*words_of(wire)} & {*words_of(key.rpartition(".")[2])}
        placed = wire in self._places.get(key, ())
        level, major, minor, _ = version_rank(version)
        missing = len(properties) - len(own)
        return alike, placed, missing, len(words), place, (level, major, minor), key

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


def _limits(schema: Mapping[str, Any]) -> Iterator[str]:
    """The facts in which a copy may not differ from the original.

    Kubernetes itself states no pattern for a quantity and no empty default; generators of
    CustomResourceDefinitions add them.
    """
    for fact in facts_of(schema):
        word = fact.partition(" ")[0]
        mixed = word == "pattern" and schema.get("x-kubernetes-int-or-string")
        if word != "format" and fact != 'default ""' and not mixed:
            yield fact
