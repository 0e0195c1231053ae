"""Checks of the fields that are given, without the types of all others.

The first time that msgspec checks a struct, it evaluates and prepares the types of all its fields
and of all structs below it: hundreds for a pod, of which an object sets a few. That pays for a type
that many objects have, not for one that a cluster has once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, TypeAlias, Union, cast, get_args, get_origin

import msgspec

from kubestrata.core.json_value import is_mapping, is_sequence

_Restore: TypeAlias = Callable[[type, Any], Any]

# Types as they are written, whose values need no check by msgspec.
_SCALARS: Mapping[object, type] = {
    "str": str,
    "str | None": str,
    "bool": bool,
    "bool | None": bool,
    "int": int,
    "int | None": int,
}


class _Shape(NamedTuple):
    """A type whose structs are checked alone: a struct, or a list or mapping of `each`."""

    struct: type[msgspec.Struct] | None
    each: Any = None
    outer: Any = None


class _Fields:
    """The fields of a struct by their wire names, with types that are evaluated when needed."""

    def __init__(self, kind: type[msgspec.Struct]) -> None:
        self._kind = kind
        self._scope = vars(sys.modules[kind.__module__])
        self.names = dict(zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True))
        self.written: Mapping[str, object] = vars(kind).get("__annotations__", {})
        """The annotations of its own fields, as they are written."""
        self.types: dict[str, Any] = {}

    def evaluate(self, fields: Sequence[str]) -> None:
        """Add the types of fields, evaluated together: each alone would take four times as long."""
        new: list[str] = []
        for name in fields:
            if name in self.types:
                continue
            text = self.written.get(name)
            if isinstance(text, str):
                new.append(name)
            else:
                self.types[name] = self._inherited(name) if text is None else text
        if new:
            texts = "".join(f"{self.written[name]}," for name in new)
            found = eval(f"({texts})", self._scope)  # noqa: S307  # annotations
            self.types.update(zip(new, found, strict=True))

    def _inherited(self, name: str) -> Any:
        base = next(
            each for each in self._kind.__mro__[1:] if name in vars(each)["__annotations__"]
        )
        known = _fields(base)
        known.evaluate([name])
        return known.types[name]


_fields = cache(_Fields)


def fits(body: msgspec.Struct, plain: Mapping[str, Any], restore: _Restore) -> bool:
    """Return True if `msgspec.convert` surely accepts the plain form of a struct as its type.

    False means doubt: msgspec decides, and words the error.
    """
    try:
        return _fits_struct(body, plain, restore)
    except msgspec.ValidationError:
        return False


def _fits_struct(body: msgspec.Struct, plain: Mapping[str, Any], restore: _Restore) -> bool:
    known = _fields(type(body))
    unsure: dict[str, Any] = {}
    for wire, each in plain.items():
        name = known.names.get(wire)  # None for the tag of a struct
        if name is not None and _SCALARS.get(known.written.get(name)) is not type(each):
            unsure[name] = each
    known.evaluate([*unsure])
    types = known.types
    return all(
        _fits(getattr(body, name), each, types[name], restore) for name, each in unsure.items()
    )


def _fits(value: Any, plain: Any, kind: Any, restore: _Restore) -> bool:
    shape = _shape(kind)
    if shape is None:
        msgspec.convert(plain, kind, dec_hook=restore)
        return True
    if shape.struct is not None:
        return type(value) is shape.struct and _fits_struct(value, plain, restore)
    msgspec.convert(plain, shape.outer, dec_hook=restore)
    if is_mapping(value):
        pairs = zip(value.values(), plain.values(), strict=True)
    elif is_sequence(value):
        pairs = zip(value, plain, strict=True)
    else:
        return False
    return all(_fits(each, written, shape.each, restore) for each, written in pairs)


@cache
def _shape(kind: Any) -> _Shape | None:
    """Return the shape of a type with structs in one place; None if msgspec checks it whole."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        parts = tuple(each for each in parts if each is not NoneType)
        return _shape(parts[0]) if len(parts) == 1 else None
    if origin is Annotated:
        inner = _shape(parts[0])
        if inner is None or inner.struct is not None:
            return None
        return inner._replace(outer=Annotated[(inner.outer, *parts[1:])])
    if origin in (Sequence, Mapping):
        if _shape(parts[-1]) is None:
            return None
        outer = cast("Any", origin)[(*parts[:-1], Any)]
        return _Shape(None, parts[-1], outer)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _Shape(kind)
    return None
