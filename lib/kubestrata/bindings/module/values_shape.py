"""The structs of a chart's values, made from its `values.schema.json`.

Helm merges values with the chart's defaults before it validates them: outside of lists no key is
required. Unknown keys are refused only if the schema forbids them. Restrictions beyond types
(conditions, patterns, limits) are left to Helm.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from heapq import heappop, heappush
from typing import Any
from urllib.parse import unquote

from msgspec.structs import replace

from kubestrata.bindings.shape.fact import facts_of
from kubestrata.bindings.shape.model import (
    ClassRef,
    Field,
    Module,
    ModuleModel,
    Path,
    PathKey,
    StructModel,
)
from kubestrata.bindings.shape.shape import SCALARS, Shape, value_type, writable
from kubestrata.bindings.shape.struct_name import NamedPlace, path_names, ranked, struct_model
from kubestrata.bindings.shape.type_expr import (
    INT_OR_STRING,
    JSON,
    JSON_OBJECT,
    NULL,
    ListOf,
    MapOf,
    OpenStruct,
    ShapeRef,
    TypeExpr,
    join,
    shapes_in,
    with_shapes,
)
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_list, is_mapping

PACKAGE = "helm"
_ROOT = "Values"
_DEEPEST = 60
_MISSING: dict[str, Any] = {}


class Spot(Frozen):
    """The location of a schema: the names that lead to it, and whether it is in a list."""

    path: Path = (_ROOT,)
    in_list: bool = False
    depth: int = 0


class Walk:
    """Collects the shapes of one schema, each under the shortest path that leads to it."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._root = schema
        self._known: dict[tuple[str, bool], list[TypeExpr]] = {}
        self._waiting: list[tuple[int, str, Path, str]] = []
        self._found: dict[str, tuple[Mapping[str, Any], bool]] = {}
        self.fields: dict[str, tuple[Field, ...]] = {}
        self.paths: dict[str, list[Path]] = {}

    def run(self, schema: object, spot: Spot) -> TypeExpr:
        """Walk a schema and all that it leads to; its type."""
        whole = self._type(schema, spot)
        while self._waiting:
            _, _, path, key = heappop(self._waiting)
            if key not in self.fields:
                found, in_list = self._found[key]
                self.fields[key] = tuple(self._fields(found, Spot(path, in_list, len(path) - 1)))
        return whole

    def _fields(self, schema: Mapping[str, Any], place: Spot) -> Iterator[Field]:
        required: object = schema.get("required")
        needed = required if is_list(required) and place.in_list else []
        for wire, each in _properties(schema).items():
            inside = replace(place, path=(*place.path, wire), depth=place.depth + 1)
            target, _ = self.resolved(each)
            facts = facts_of({**target, **each}) if is_mapping(each) else ()
            must = wire in needed and "default" not in target
            yield Field(wire, self._type(each, inside), must, facts)

    def _type(self, schema: object, place: Spot) -> TypeExpr:
        return join(self._members(schema, place))

    def resolved(self, schema: object) -> tuple[dict[str, Any], str]:
        """Return the schema that references lead to, and the last reference; any schema if none."""
        pointer, passed = "", set[str]()
        while is_mapping(schema):
            parts: object = schema.get("allOf")
            if isinstance(schema.get("$ref"), str):
                pointer = str(schema["$ref"])
                if pointer in passed:
                    return _MISSING, ""
                passed.add(pointer)
                schema = self._target(pointer)
            elif is_list(parts) and len(parts) == 1 and not {"type", "properties"} & set(schema):
                schema = parts[0]
            else:
                return schema, pointer
        return _MISSING, ""

    def _target(self, pointer: str) -> object:
        if not pointer.startswith("#"):
            return _MISSING
        found: object = self._root
        for part in unquote(pointer[1:]).split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if is_list(found):
                found = found[int(name)] if name.isdecimal() and int(name) < len(found) else None
            else:
                found = found.get(name) if is_mapping(found) else None
        return found

    def _members(self, schema: object, place: Spot) -> list[TypeExpr]:
        """Return the alternatives that a schema allows."""
        if place.depth > _DEEPEST:
            return [JSON]
        resolved, pointer = self.resolved(schema)
        if not pointer:
            return list(self._alternatives(resolved, "", place))
        key = (pointer, place.in_list)
        if key in self._known:
            for shape in shapes_in(self._known[key]):
                self._lead_to(shape, place.path)
        else:
            self._known[key] = [JSON]  # for what refers to itself with no struct between
            found = self._alternatives(resolved, pointer, place)
            self._known[key] = list(dict.fromkeys(found))  # or each level could double them
        return self._known[key]

    def _alternatives(
        self, schema: Mapping[str, Any], pointer: str, place: Spot
    ) -> Iterator[TypeExpr]:
        if schema.get("nullable") is True:
            yield NULL
        chosen: object = [schema["const"]] if "const" in schema else schema.get("enum")
        if is_list(chosen) and chosen:
            yield from (NULL if each is None else value_type(each) for each in chosen)
            return
        if schema.get("x-kubernetes-int-or-string") is True:
            yield INT_OR_STRING
            return
        names = list(_type_names(schema))
        deeper = replace(place, depth=place.depth + 1)
        if not names:
            several: object = schema.get("anyOf") or schema.get("oneOf")
            for each in several if is_list(several) and several else [None]:
                yield from [JSON] if each is None else self._members(each, deeper)
        for name in names:
            if name == "object":
                yield self._object(schema, pointer, deeper)
            elif name == "array":
                items: object = schema.get("items")
                yield ListOf(self._type(items, replace(deeper, in_list=True)))
            else:
                yield NULL if name == "null" else SCALARS.get(name, JSON)

    def _object(self, schema: Mapping[str, Any], pointer: str, place: Spot) -> TypeExpr:
        known, others = _properties(schema), schema.get("additionalProperties")
        patterns: object = schema.get("patternProperties")
        closed = others is False and not patterns
        if not known and not closed:
            if is_mapping(patterns) and len(patterns) == 1 and not is_mapping(others):
                others = next(iter(patterns.values()))
            item = self._type(others, place) if is_mapping(others) else JSON
            return JSON_OBJECT if item == JSON else MapOf(item)
        where = "list" if place.in_list else "value"
        key = f"{where} {pointer}" if pointer else f"inline {len(self._found)}"
        self._found.setdefault(key, (schema, place.in_list))
        self._lead_to(key, place.path)
        complete = closed and len(known) == len(schema.get("properties") or {})
        return ShapeRef(key) if complete else OpenStruct(ShapeRef(key))

    def _lead_to(self, key: str, path: Path) -> None:
        self.paths.setdefault(key, []).append(path)
        heappush(self._waiting, (*ranked(path), key))


def _properties(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties that can be written; `false` forbids one."""
    found: object = schema.get("properties")
    if not is_mapping(found):
        return {}
    return {wire: each for wire, each in found.items() if writable(wire) and each is not False}


def _type_names(schema: Mapping[str, Any]) -> Iterator[object]:
    """Yield the names in `type`, or a guess from the other keywords."""
    name: object = schema.get("type")
    if is_list(name):
        yield from (each if isinstance(each, str) else "" for each in name)
    elif isinstance(name, str):
        yield name
    elif {"properties", "patternProperties", "additionalProperties"} & set(schema):
        yield "object"
    elif "items" in schema:
        yield "array"


def _merged(
    fields: Mapping[str, tuple[Field, ...]], order: Iterable[str]
) -> tuple[dict[str, str], dict[str, tuple[Field, ...]]]:
    """Return for each shape the first equal one in `order`, and the fields of those that remain."""
    same = {key: key for key in order}
    left = {key: fields[key] for key in same}
    while True:
        first: dict[tuple[Field, ...], str] = {}
        for key, found in left.items():
            shape = tuple(
                dataclasses.replace(each, type=with_shapes(each.type, same)) for each in found
            )
            first.setdefault(shape, key)
            same[key] = first[shape]
        if len(first) == len(left):
            return same, {key: shape for shape, key in first.items()}
        same = {key: same[same[key]] for key in same}
        left = {key: left[key] for key in first.values()}


def values_module(name: str, source: str, schema: Mapping[str, Any]) -> ModuleModel:
    """Return the module `kubeapis.helm.<name>`; raise ImportSourceError without any values."""
    walk = Walk(schema)
    whole = walk.run({"$ref": "#"}, Spot())
    root = next(iter(shapes_in([whole])), None)
    if root is None or (_ROOT,) not in walk.paths[root]:
        why = "it describes no values"
        raise ImportSourceError(source, "nothing to import", why, "name a values.schema.json")
    order = sorted(walk.fields, key=lambda key: min(map(ranked, walk.paths[key])))
    same, fields = _merged(walk.fields, order)
    module = (PACKAGE, name)
    paths: dict[str, list[Path]] = {}
    for key in order:
        paths.setdefault(same[key], []).extend(walk.paths[key])
    called = path_names((path, key) for key, found in paths.items() for path in found)
    structs: list[StructModel] = []
    placed: dict[tuple[Module, PathKey], ClassRef] = {}
    for key, found in fields.items():
        named = [NamedPlace((module, path), called[path, key]) for path in {*paths[key]}]
        structs.append(struct_model(Shape(key, found), named, [each.place[1] for each in named]))
        for each in named:
            placed[module, (each.place[1], key)] = ClassRef(module, each.names[0], each.names[0])
    others = "kept" if isinstance(whole, OpenStruct) else "refused"
    models = tuple(
        replace(
            each,
            path=f"{each.path}; other keys are {others}" if each.name == _ROOT else each.path,
            closed=True,
        )
        for each in sorted(structs, key=lambda each: each.name)
    )
    names = {each.key: ClassRef(module, each.name, each.name) for each in structs}
    return ModuleModel(module, source, (), models, names, placed=placed)
