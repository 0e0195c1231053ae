"""Rendering of typed bodies to plain dicts: checks values, collects references."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import msgspec

from kubestrata.core.errors import InvalidBody
from kubestrata.core.given_fields import fits
from kubestrata.core.json_value import Json, JsonObject, is_mapping, is_sequence
from kubestrata.core.origin import Origin
from kubestrata.core.plain_value import unwritable
from kubestrata.core.reference import Reference, ReferenceName
from kubestrata.core.struct import NULL, Struct
from kubestrata.core.value.placeholder import PlaceholderInt

_FEW = 8
"""For more bodies of one type, msgspec prepares the whole type: later checks are cheaper then."""
_seen: Counter[type[msgspec.Struct]] = Counter()
_GIVEN = re.compile(r"'([^']*)'")


@dataclass(slots=True)
class Rendering:
    """The references collected while a body is rendered."""

    references: list[Reference]
    typed_placeholder: bool = False
    marks: bool = False

    def encode(self, value: object) -> object:
        """Return a value as a plain scalar (msgspec's `enc_hook`)."""
        if isinstance(value, ReferenceName):
            self.references.append(value.reference)
            return str.__str__(value)
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, PlaceholderInt):
            self.typed_placeholder = True
            return value.mark if self.marks else int(value)
        if isinstance(value, int):
            return int(value)
        if value is NULL:
            return None
        raise TypeError(f"{type(value).__name__} cannot be written as YAML")


def restore(kind: type, value: object) -> object:
    """Return a plain scalar as a value of this library (msgspec's `dec_hook`)."""
    if isinstance(value, kind):
        return value
    for base in (str, int):
        if issubclass(kind, base) and type(value) is base:
            return kind(value)
    raise TypeError(f"{value!r} is not a valid {kind.__name__}")


def _require_writable(value: object, origin: Origin, what: str) -> None:
    fault = unwritable(value)
    if fault is not None:
        raise InvalidBody(what + fault.path, str(fault), fault.fix, where=origin)


def render(
    body: msgspec.Struct, origin: Origin, what: str
) -> tuple[dict[str, Any], list[Reference]]:
    """Return the body as plain dicts under its wire names, and the references found in it.

    Raises InvalidBody if a value does not have the type of its field.
    """
    _require_writable(body, origin, what)
    rendering = Rendering([])
    try:
        plain = msgspec.to_builtins(body, enc_hook=rendering.encode)
        _check(body, plain)
    except (msgspec.ValidationError, TypeError) as error:
        raise _invalid(type(body), str(error), origin, what) from None
    if rendering.typed_placeholder:
        again = Rendering([], marks=True)
        plain = msgspec.to_builtins(body, enc_hook=again.encode)
    return plain, rendering.references


def _check(body: msgspec.Struct, plain: Any) -> None:
    """Raise ValidationError if the plain form of a body does not have the types of its fields."""
    kind = type(body)
    if _seen[kind] < _FEW:
        _seen[kind] += 1
        if fits(body, plain, restore):
            return
    msgspec.convert(plain, kind, dec_hook=restore)


def _invalid(body: type[msgspec.Struct], text: str, origin: Origin, what: str) -> InvalidBody:
    from kubestrata.core.field_type import (  # noqa: PLC0415  # errors only
        allowed_values,
        declares_nothing,
        nearest,
    )

    message, _, path = text.partition(" - at `$")
    path = path.rstrip("`")
    if message.startswith("Object contains unknown field") and declares_nothing(body, path):
        why = "the schema declares no fields here, so the API server would drop what is set"
        return InvalidBody(f"{what}{path}", why, "write {}", where=origin)
    values = allowed_values(body, path)
    given = _GIVEN.search(message)
    fix = nearest(given[1] if given else "", values) if values else None
    return InvalidBody(f"{what}{path}", message[:1].lower() + message[1:], fix, where=origin)


def render_open(value: object, origin: Origin, what: str) -> tuple[Any, list[Reference]]:
    """Render a value without a schema, like `render`."""
    _require_writable(value, origin, what)
    rendering = Rendering([], marks=True)
    try:
        return msgspec.to_builtins(
            value, enc_hook=rendering.encode, str_keys=True
        ), rendering.references
    except TypeError as error:
        raise InvalidBody(what, str(error), where=origin) from None


def unfold(body: msgspec.Struct, origin: Origin, what: str) -> JsonObject:
    """Return the body as a mapping under its wire names, keeping references and NULL.

    Raises InvalidBody if a value in any of its structs does not have the type of its field.
    """
    render(body, origin, what)
    wires = zip(body.__struct_fields__, body.__struct_encode_fields__, strict=True)
    given = ((wire, getattr(body, name)) for name, wire in wires)
    return {
        wire: _unfolded(value, origin, f"{what}.{wire}")
        for wire, value in given
        if value is not None
    }


def _unfolded(value: Any, origin: Origin, what: str) -> Json:
    if isinstance(value, Struct):
        return unfold(value, origin, what)
    if is_mapping(value):
        return {key: _unfolded(each, origin, f"{what}.{key}") for key, each in value.items()}
    if is_sequence(value):
        return [_unfolded(each, origin, f"{what}[{index}]") for index, each in enumerate(value)]
    found: Json = value
    return found
