"""JSON through the generated classes: built by keyword, as an author writes it, and rendered."""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin

from kubestrata.core import open_struct
from kubestrata.core.struct import NULL, Struct

_Known = TypeVar("_Known")


class Open(Generic[_Known]):
    """Stands for the generated `Open`, which msgspec reads as anything."""


def _types(struct: type[Struct]) -> dict[str, Any]:
    """Return the types of a struct's fields: those of one class are evaluated together."""
    found: dict[str, Any] = {}
    for base in reversed(struct.__mro__):
        own: Mapping[str, Any] = vars(base).get("__annotations__", {})
        written = {name: own[name] for name in own}  # its `items` has the types of msgspec
        texts = {name: text for name, text in written.items() if isinstance(text, str)}
        module = vars(sys.modules[base.__module__])
        names = {name: Open for name, value in module.items() if value is open_struct.Open}
        types_ = eval(f"({''.join(f'{text},' for text in texts.values())})", module, names)
        found |= written | dict(zip(texts, types_, strict=True))
    return found


class Refused(AssertionError):
    """A value that is not of the type which its field declares."""


class Builder:
    """Builds values as types want them; remembers which fields it wrote.

    Structs of the package `apart` are not counted: a copy of them may lack some fields.
    """

    def __init__(self, apart: str = "") -> None:
        self._apart = f"kubeapis.{apart}." if apart else ""
        self._fields: dict[type[Struct], dict[str, tuple[str, Any]]] = {}
        self._written: set[tuple[type[Struct], str]] = set()
        self._parts: dict[int, tuple[Any, tuple[Any, ...]]] = {}

    @property
    def coverage(self) -> float:
        """The share of the fields of all structs met so far that was written at least once."""
        counted = {
            struct: len(fields) for struct, fields in self._fields.items() if self._own(struct)
        }
        written = [struct for struct, _ in self._written if struct in counted]
        return len(written) / max(1, sum(counted.values()))

    def _own(self, struct: type[Struct]) -> bool:
        return not self._apart or not struct.__module__.startswith(self._apart)

    def fields(self, struct: type[Struct]) -> dict[str, tuple[str, Any]]:
        """Wire name -> keyword and type."""
        if struct not in self._fields:
            hints = _types(struct)
            names = zip(struct.__struct_encode_fields__, struct.__struct_fields__, strict=True)
            self._fields[struct] = {wire: (name, hints[name]) for wire, name in names}
        return self._fields[struct]

    def keywords(self, struct: type[Struct], value: Mapping[str, Any]) -> dict[str, Any]:
        """Return the keywords for a struct; refuse a field that it does not have."""
        known = self.fields(struct)
        self._written.update((struct, wire) for wire in value)
        if not set(value) <= set(known):
            raise Refused(f"{struct.__name__} has no {sorted(set(value) - set(known))}")
        return {known[wire][0]: self.built(known[wire][1], each) for wire, each in value.items()}

    def built(self, type_: Any, value: Any) -> Any:
        """The value as the type wants it."""
        if id(type_) not in self._parts:  # an annotation, which the structs keep
            self._parts[id(type_)] = get_origin(type_), get_args(type_)
        origin, arguments = self._parts[id(type_)]
        if value is None and (type_ is Any or type(None) in arguments):
            return NULL
        if type_ is Any:
            return value
        if origin is None:
            if issubclass(type_, Struct):
                return type_(**self.keywords(type_, _checked(dict, value)))
            return _checked(type_, value)
        if origin in (types.UnionType, Union):
            return self._one_of(arguments, value)
        return self._generic(origin, arguments, value)

    def _generic(self, origin: Any, arguments: Sequence[Any], value: Any) -> Any:
        if origin is Literal:
            if (type(value), value) not in [(type(each), each) for each in arguments]:
                raise Refused(f"{value!r} is not in {arguments}")
            return value
        if origin is Sequence:
            return [self.built(arguments[0], each) for each in _checked(list, value)]
        given = _checked(dict, value)
        if origin is Mapping:
            return {key: self.built(arguments[1], each) for key, each in given.items()}
        if origin is Open:
            known = self.fields(arguments[0])
            return self.built(arguments[0], given) if set(given) <= set(known) else given
        raise TypeError(f"nothing here builds {origin}")

    def _one_of(self, types_: Sequence[Any], value: Any) -> Any:
        left = [each for each in types_ if each is not type(None)]
        if len(left) == 1:
            return self.built(left[0], value)
        for each in left:
            with suppress(Refused):
                return self.built(each, value)
        raise Refused(f"{value!r} is none of {left}")


def _checked(type_: Any, value: Any) -> Any:
    if type(value) not in ((int, float) if type_ is float else (type_,)):
        raise Refused(f"{value!r} is not of type {type_.__name__}")
    return value


def as_json(value: Any) -> str:
    """Return the value as text, in which 1, 1.0 and true differ."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
