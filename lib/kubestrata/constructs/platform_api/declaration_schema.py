"""Generates the structural schema of a declaration.

Kubernetes allows neither references nor unions nor closed objects (source: structural schemas of
CustomResourceDefinitions), so references are inlined and optional fields lose their null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

import msgspec
from msgspec import inspect

from kubestrata.core.declaration import Declaration
from kubestrata.core.docstring import docstring
from kubestrata.core.errors import InvalidValue
from kubestrata.core.render import Rendering
from kubestrata.core.value.host import Host
from kubestrata.core.value.image import Image
from kubestrata.core.value.port import Port
from kubestrata.core.value.text import Text

Schema: TypeAlias = dict[str, Any]
_Path: TypeAlias = tuple[str, ...]
_OPEN: Schema = {"x-kubernetes-preserve-unknown-fields": True}
_LENGTH = {"min_length": "minLength", "max_length": "maxLength", "pattern": "pattern"}
_ITEMS = {"min_length": "minItems", "max_length": "maxItems"}
_ENTRIES = {"min_length": "minProperties", "max_length": "maxProperties"}
_NUMBER = {"ge": "minimum", "le": "maximum", "multiple_of": "multipleOf"}

_PINNED = {
    "rule": "self.matches('@sha256:|:[^/:]+$') && !self.endsWith(':latest')",
    "message": "an image has a tag other than latest, or a digest",
}
# Validation rules beside the pattern of a value's type.
_MORE: dict[type, dict[str, Any]] = {
    Host: {"maxLength": 253},
    Image: {"maxLength": 512, "x-kubernetes-validations": [_PINNED]},
}


def structural_schema(declaration: type[Declaration]) -> Schema:
    """Return the schema; raises InvalidValue for a type that Kubernetes cannot describe."""
    return _of(inspect.type_info(declaration), ())


def _of(kind: inspect.Type, path: _Path) -> Schema:
    if isinstance(kind, inspect.CollectionType):
        return _array(kind, path)
    make = _SCHEMAS.get(type(kind))
    if make is None:
        what = type(kind).__name__.removesuffix("Type").lower()
        raise _refuse(path, f"is a {what}, which structural schemas do not support")
    return make(kind, path)


def _limits(kind: inspect.Type, names: Mapping[str, str]) -> Schema:
    given = ((wire, getattr(kind, name)) for name, wire in names.items())
    return {wire: value for wire, value in given if value is not None}


def _described(kind: inspect.Metadata, path: _Path) -> Schema:
    # msgspec's own type is a bare dict.
    stated: Schema = cast("Any", kind).extra_json_schema or {}
    more = {key: value for key, value in stated.items() if key != "title"}
    return {**_of(kind.type, path), **more}


def _integer(kind: inspect.IntType, _: _Path) -> Schema:
    above = {"minimum": kind.gt + 1} if kind.gt is not None else {}
    below = {"maximum": kind.lt - 1} if kind.lt is not None else {}
    return {"type": "integer", **_limits(kind, _NUMBER), **above, **below}


def _number(kind: inspect.FloatType, _: _Path) -> Schema:
    above = {"minimum": kind.gt, "exclusiveMinimum": True} if kind.gt is not None else {}
    below = {"maximum": kind.lt, "exclusiveMaximum": True} if kind.lt is not None else {}
    return {"type": "number", **_limits(kind, _NUMBER), **above, **below}


def _array(kind: inspect.CollectionType, path: _Path) -> Schema:
    items = _of(kind.item_type, (*path, "items"))
    return {"type": "array", **_limits(kind, _ITEMS), "items": items}


def _mapping(kind: inspect.DictType, path: _Path) -> Schema:
    value = _of(kind.value_type, (*path, "*"))
    content = _OPEN if value == _OPEN else {"additionalProperties": value}
    return {"type": "object", **_limits(kind, _ENTRIES), **content}


def _literal(kind: inspect.LiteralType, _: _Path) -> Schema:
    values = list(kind.values)
    name = "integer" if isinstance(values[0], int) else "string"
    return {"type": name, "enum": values}


def _struct(kind: inspect.StructType, path: _Path) -> Schema:
    name = kind.cls.__name__
    if name in path:
        raise _refuse(path, f"{name} contains itself")
    below = (*path, name)
    summary = docstring(kind.cls).partition("\n\n")[0].replace("\n", " ")
    found: Schema = {"type": "object", **({"description": summary} if summary else {})}
    required = sorted(field.encode_name for field in kind.fields if field.required)
    if required:
        found["required"] = required
    found["properties"] = {
        field.encode_name: {**_of(field.type, (*below, field.encode_name)), **_default(field)}
        for field in kind.fields
    }
    return found


def _default(field: inspect.Field) -> Schema:
    """Return the default, and `nullable` where null differs from the default."""
    value = field.default
    if field.default_factory is not msgspec.NODEFAULT:
        value = field.default_factory()
    if value is None:
        return {}
    nullable = {"nullable": True} if _takes_null(field.type) else {}
    if value is msgspec.NODEFAULT:
        return nullable
    plain = msgspec.to_builtins(value, enc_hook=Rendering([]).encode)
    return {"default": msgspec.json.decode(msgspec.json.encode(plain)), **nullable}


def _takes_null(kind: inspect.Type) -> bool:
    inner = kind.type if isinstance(kind, inspect.Metadata) else kind
    return isinstance(inner, inspect.UnionType) and inner.includes_none


def _union(kind: inspect.UnionType, path: _Path) -> Schema:
    parts = [part for part in kind.types if not isinstance(part, inspect.NoneType)]
    if len(parts) == 1:
        return _of(parts[0], path)
    if {type(part) for part in parts} == {inspect.IntType, inspect.StrType}:
        limits = (
            _limits(part, _NUMBER if type(part) is inspect.IntType else _LENGTH) for part in parts
        )
        return {"x-kubernetes-int-or-string": True} | {
            k: v for each in limits for k, v in each.items()
        }
    raise _refuse(path, "is a union, which structural schemas do not support")


def _custom(kind: inspect.CustomType, path: _Path) -> Schema:
    try:
        return _text(kind.cls)
    except NotImplementedError:
        raise _refuse(path, f"is a {kind.cls.__name__}, which has no schema") from None


def _text(kind: type) -> dict[str, Any]:
    """Return the schema of a value type; raises NotImplementedError for any other type."""
    if issubclass(kind, Port):
        return {"type": "integer", "minimum": 1, "maximum": 65535}
    if not issubclass(kind, Text):
        raise NotImplementedError
    pattern = {"pattern": f"^({kind.PATTERN})$"} if kind.PATTERN else {}
    return {"type": "string", **pattern, **_MORE.get(kind, {})}


def _refuse(path: _Path, why: str) -> InvalidValue:
    return InvalidValue(".".join(path), why)


_SCHEMAS: Mapping[type, Callable[[Any, _Path], Schema]] = {
    inspect.AnyType: lambda _kind, _path: dict(_OPEN),
    inspect.BoolType: lambda _kind, _path: {"type": "boolean"},
    inspect.CustomType: _custom,
    inspect.DictType: _mapping,
    inspect.FloatType: _number,
    inspect.IntType: _integer,
    inspect.LiteralType: _literal,
    inspect.Metadata: _described,
    inspect.StrType: lambda kind, _path: {"type": "string", **_limits(kind, _LENGTH)},
    inspect.StructType: _struct,
    inspect.UnionType: _union,
}
