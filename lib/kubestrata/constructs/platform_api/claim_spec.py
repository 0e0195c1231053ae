"""A declaration as the spec of a claim."""

from __future__ import annotations

from typing import Any

import msgspec

from kubestrata.core.declaration import Declaration
from kubestrata.core.json_value import Json, JsonObject, is_mapping, is_sequence
from kubestrata.core.origin import Origin
from kubestrata.core.render import render


def claim_spec(declaration: Declaration, origin: Origin, what: str) -> JsonObject:
    """The declaration under its wire names, references kept, fields at their default left out.

    Raises InvalidBody for what the declaration's type does not take.
    """
    render(declaration, origin, what)
    return _stated(declaration)


def _stated(declaration: msgspec.Struct) -> JsonObject:
    stated: dict[str, Json] = {}
    for field in msgspec.structs.fields(declaration):
        value = _plain(getattr(declaration, field.name))
        if field.required or value != _plain(_default(field)):
            stated[field.encode_name] = value
    return stated


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def _plain(value: Any) -> Json:
    if isinstance(value, msgspec.Struct):
        return _stated(value)
    if is_mapping(value):
        return {key: _plain(each) for key, each in value.items()}
    if is_sequence(value):
        return [_plain(each) for each in value]
    found: Json = value
    return found
