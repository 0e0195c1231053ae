"""Configuration documents, generated from a JSON schema that lists them.

Such a schema has a `oneOf` of objects at its root, one for each document; the
constant `apiVersion` and `kind` of all or most distinguish them. They become files, not objects
of a cluster: plain structs whose constants are set. A document without a kind is known by its
other constants (`version`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from kubestrata.bindings.module.values_shape import Spot, Walk
from kubestrata.bindings.shape.model import ClassRef, Field, ModuleModel, StructModel
from kubestrata.bindings.shape.name import Numbered, class_name, module_name, pascal, path_name
from kubestrata.bindings.shape.type_expr import Choice, shapes_in
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_list, is_mapping, mapping

_KIND = re.compile(r"[A-Z][A-Za-z0-9]{0,62}\Z")
_IDENTITY = ("apiVersion", "kind")
_HOME = "documents"
_DOCUMENT = "a configuration document"


class _Document(Frozen):
    """One document: where its schema is, its constants, and what to call it."""

    schema: dict[str, Any]
    constants: Mapping[str, str]
    name: str

    @property
    def module(self) -> str:
        version = self.constants.get("apiVersion") or self.constants.get("version")
        return module_name(version) if version else _HOME


def _constant(schema: object) -> str | None:
    """Return the only text that a schema allows."""
    found: object = mapping(schema).get("enum")
    values = found if is_list(found) else [mapping(schema).get("const")]
    return values[0] if len(values) == 1 and isinstance(values[0], str) else None


def _documents(schema: Mapping[str, Any]) -> Iterator[_Document | None]:
    """Yield the documents that the root lists; None for one that is not an object with fields."""
    walk = Walk(schema)
    listed: object = schema.get("oneOf")
    for member in listed if is_list(listed) else []:
        found, pointer = walk.resolved(member)
        properties: object = found.get("properties")
        if not is_mapping(properties) or found.get("type", "object") != "object":
            yield None
            continue
        values = {wire: _constant(walk.resolved(each)[0]) for wire, each in properties.items()}
        given = {wire: value for wire, value in values.items() if value is not None}
        kind = given.get("kind", "")
        if kind:
            given = {wire: given[wire] for wire in _IDENTITY if wire in given}
        name = kind if _KIND.match(kind) else _last(pointer) or "Document"
        yield _Document(mapping(member), given, class_name(name))


def _last(pointer: str) -> str:
    """Return the name of a definition: `#/$defs/block.MountSpec` -> MountSpec."""
    name = re.split(r"[/.]", pointer)[-1] if pointer else ""
    return name if _KIND.match(name) else pascal(name)


def describes_documents(schema: Mapping[str, Any]) -> bool:
    """Return True if a schema lists configuration documents, False for values of a chart."""
    found = list(_documents(schema))
    if "properties" in schema or None in found:
        return False
    return any(set(_IDENTITY) <= set(each.constants) for each in found if each)


def document_modules(package: str, source: str, schema: Mapping[str, Any]) -> list[ModuleModel]:
    """Return one module for each API version of the documents, in order of their names."""
    homes: dict[str, list[_Document]] = {}
    for each in _documents(schema):
        if each is not None:
            homes.setdefault(each.module, []).append(each)
    return [_module((package, home), source, schema, homes[home]) for home in sorted(homes)]


def _module(
    path: tuple[str, ...], source: str, schema: Mapping[str, Any], documents: Iterable[_Document]
) -> ModuleModel:
    walk = Walk(schema)
    given = Numbered(separator="")
    names: dict[str, str] = {}
    structs: list[StructModel] = []
    for each in documents:
        # as inside of a list: nothing is merged with defaults, so what is required is
        found = walk.run(each.schema, Spot((each.name,), in_list=True))
        key = next(iter(shapes_in([found])), None)
        if key is not None and key not in names:
            names[key] = given.unique(each.name)
            structs.append(_struct(names[key], key, each, walk.fields[key]))
    parts = {key: _part_name(walk, key) for key in walk.fields if key not in names}
    for key in sorted(parts, key=lambda key: (parts[key], key)):
        names[key] = given.unique(parts[key])
        place = f"{names[key]}, a part of documents"
        structs.append(StructModel(names[key], place, walk.fields[key], key, closed=True))
    refs = {key: ClassRef(path, name, name) for key, name in names.items()}
    return ModuleModel(path, source, (), tuple(sorted(structs, key=lambda each: each.name)), refs)


def _part_name(walk: Walk, key: str) -> str:
    """Return the name of a part: that of its definition, else of the shortest path to it."""
    _, _, pointer = key.partition(" ")
    if pointer.startswith("#"):
        return class_name(_last(pointer) or "Part")
    names = (path_name(path[0], path[1:]) for path in walk.paths[key])
    return class_name(min(names, key=lambda name: (len(name), name)))


def _struct(name: str, key: str, document: _Document, fields: Iterable[Field]) -> StructModel:
    known = {field.wire: field for field in fields}
    first = [
        replace(known.pop(wire), type=Choice((value,)), required=False, fixed=value)
        for wire, value in document.constants.items()
        if wire in known
    ]
    given = " ".join(document.constants.values())
    place = f"{given}: {_DOCUMENT}" if given else _DOCUMENT
    return StructModel(name, place, (*first, *known.values()), key, closed=True)


def documents_in(module: ModuleModel) -> list[str]:
    """Return the classes of a module that are documents, not parts of one."""
    return [each.name for each in module.structs if each.path.endswith(_DOCUMENT)]
