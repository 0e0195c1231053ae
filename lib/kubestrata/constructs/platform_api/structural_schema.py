"""The structural schema of a declaration, as an API server takes it.

Kubernetes allows neither `$ref` nor unions nor closed objects (source: structural schemas of
CustomResourceDefinitions), so references are put in place and optional fields lose their null.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from kubestrata.constructs.platform_api.text_schema import text_schema
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue
from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.core.origin import caller

_REF = "#/$defs/"
_KEPT = (
    "type",
    "description",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "x-kubernetes-validations",
)
_OPEN = {"x-kubernetes-preserve-unknown-fields": True}


def structural_schema(declaration: type[Declaration]) -> dict[str, Any]:
    """The schema; raises InvalidValue for a type that Kubernetes cannot describe."""
    (root,), definitions = msgspec.json.schema_components([declaration], schema_hook=text_schema)
    return _Converter(definitions, declaration.__name__).convert(root, ())


class _Converter:
    def __init__(self, definitions: Mapping[str, Any], what: str) -> None:
        self._definitions = definitions
        self._what = what

    def convert(self, schema: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
        """One place of the schema; `path` are the definitions and fields that lead to it."""
        name = str(schema.get("$ref", "")).removeprefix(_REF)
        if name:
            if name in path:
                raise self._refuse(path, f"{name} holds itself")
            rest = {key: value for key, value in schema.items() if key != "$ref"}
            return self.convert({**self._definitions[name], **rest}, (*path, name))
        if "anyOf" in schema:
            return self._union(schema, path)
        if "allOf" in schema or "oneOf" in schema or "prefixItems" in schema:
            raise self._refuse(path, "is a union or a tuple, which Kubernetes has not")
        found = {key: schema[key] for key in _KEPT if key in schema}
        self._values(schema, found)
        self._bounds(schema, found)
        if schema.get("default") is not None:
            found["default"] = msgspec.json.decode(msgspec.json.encode(schema["default"]))
        if found.get("type") == "object":
            self._object(schema, found, path)
        elif found.get("type") == "array":
            found["items"] = self.convert(schema.get("items", {}), (*path, "items"))
        elif "type" not in found:
            found |= _OPEN
        return found

    def _union(self, schema: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
        parts = [part for part in schema["anyOf"] if part.get("type") != "null"]
        rest = {key: value for key, value in schema.items() if key != "anyOf"}
        if len(parts) == 1:
            return self.convert({**parts[0], **rest}, path)
        if {str(part.get("type")) for part in parts} == {"integer", "string"}:
            kept = {key: rest[key] for key in ("description",) if key in rest}
            default = {"default": rest["default"]} if rest.get("default") is not None else {}
            return {**kept, **default, "x-kubernetes-int-or-string": True}
        raise self._refuse(path, "is a union, which Kubernetes has not")

    def _values(self, schema: dict[str, Any], found: dict[str, Any]) -> None:
        values = schema.get("enum", [schema["const"]] if "const" in schema else None)
        if values is not None:
            found["enum"] = values
            found["type"] = "integer" if isinstance(values[0], int) else "string"

    def _bounds(self, schema: dict[str, Any], found: dict[str, Any]) -> None:
        for json, bound, step in (
            ("exclusiveMinimum", "minimum", 1),
            ("exclusiveMaximum", "maximum", -1),
        ):
            if json in schema and schema.get("type") == "integer":
                found[bound] = schema[json] + step
            elif json in schema:
                found |= {bound: schema[json], json: True}

    def _object(self, schema: dict[str, Any], found: dict[str, Any], path: tuple[str, ...]) -> None:
        properties, more = schema.get("properties"), schema.get("additionalProperties")
        if is_mapping(properties):
            found["properties"] = {
                name: self.convert(part, (*path, name)) for name, part in properties.items()
            }
            required = schema.get("required")
            if is_list(required) and required:
                found["required"] = sorted(required)
        elif is_mapping(more) and more:
            found["additionalProperties"] = self.convert(more, (*path, "*"))
        else:
            found |= _OPEN

    def _refuse(self, path: tuple[str, ...], why: str) -> InvalidValue:
        where = ".".join((self._what, *path[1:]))
        return InvalidValue(str(caller()), where, why)
