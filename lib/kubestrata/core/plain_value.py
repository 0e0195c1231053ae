"""Values that a body may hold: those of JSON, each with one representation.

Text, whole and finite numbers, booleans, None, lists, tuples and mappings with text keys, members
of an Enum as their value, and structs. Other values have no order, or several spellings in YAML.
"""

from __future__ import annotations

import datetime as dt
import decimal
import math
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import msgspec
from msgspec.structs import astuple

from kubestrata.core.json_value import is_mapping, is_sequence, path_step
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.struct import NULL, Struct

_PLAIN = frozenset({str, bool, type(None)})
_structs: set[object] = set()
"""The structs seen so far: `isinstance` would cost as much as the walk over one."""
_BITS = 64
_KEYS = "mappings have text keys only"
# Of several types that fit, the first.
_FIXES: tuple[tuple[tuple[type, ...], str, str], ...] = (
    ((AbstractSet,), "it has no order", "pass sorted(...) of it"),
    ((bytes, bytearray, memoryview), "bytes are not text", "decode or base64-encode it yourself"),
    ((dt.date, dt.time), "JSON has no such value", "pass its isoformat()"),
    ((dt.timedelta,), "JSON has no such value", "pass a Duration"),
    ((decimal.Decimal, uuid.UUID, os.PathLike), "JSON has no such value", "pass str(...) of it"),
    ((Reference, ServiceReference), "a reference is not a name", "pass its name"),
    ((Mapping,), "it is not a dict", "pass dict(...) of it"),
    ((Sequence, Iterable), "it is not a list", "pass list(...) of it"),
)


@dataclass(slots=True)
class Unwritable:
    """A value that cannot be written: its path, the reason, and the fix."""

    what: str
    why: str
    fix: str | None = None
    steps: list[str] = field(default_factory=list[str])

    @property
    def path(self) -> str:
        """The path from the value that was checked: `.spec.args[0]`."""
        return "".join(reversed(self.steps))

    def __str__(self) -> str:
        return f"{self.what} cannot be written: {self.why}"


def unwritable(value: object) -> Unwritable | None:
    """Return the first value in a body that cannot be written; None if there is none."""
    try:
        return None if _is_plain(value) else _fault(value)
    except RecursionError:
        return Unwritable("the value", "it is nested too deeply, or contains itself")


def _is_plain(value: Any) -> bool:
    """Return True for what is surely writable, without a path: nearly all bodies are."""
    kind = type(value)  # pyright: ignore[reportUnknownVariableType]  # of any value
    if kind in _structs:
        values = astuple(value)
    elif kind is dict:
        for key, each in value.items():
            if type(key) is not str or (type(each) not in _PLAIN and not _is_plain(each)):
                return False
        return True
    elif kind is list or kind is tuple:
        values = value
    elif kind is int:
        return bool(-(2**63) <= value < 2**64)
    elif isinstance(value, Struct):
        _structs.add(type(value))
        values = astuple(value)
    else:
        return kind in _PLAIN or value is msgspec.UNSET or isinstance(value, str)
    for each in values:  # a generator would cost twice as much
        # Most fields of a struct are not set.
        if each is not None and type(each) not in _PLAIN and not _is_plain(each):
            return False
    return True


def _fault(value: object) -> Unwritable | None:
    if type(value) in _PLAIN or isinstance(value, str):
        return None
    if isinstance(value, int):
        return None if -(2**63) <= value < 2**64 else _too_large(value)
    if isinstance(value, Struct):
        return _within(_fields(value), "")
    if is_mapping(value):
        return _key_fault(value) or _within(value.items(), "")
    if is_sequence(value):
        return _within(enumerate(value), "[]")
    if isinstance(value, float):
        return None if math.isfinite(value) else Unwritable(str(value), "JSON has no such number")
    if isinstance(value, Enum):
        return _fault(value.value)
    return _foreign(value)


def _within(items: Iterable[tuple[Any, object]], kind: str) -> Unwritable | None:
    for step, item in items:
        if type(item) in _PLAIN:
            continue
        fault = _fault(item)
        if fault is not None:
            fault.steps.append(f"[{step}]" if kind else path_step(step))
            return fault
    return None


def _fields(struct: msgspec.Struct) -> Iterator[tuple[str, object]]:
    """Yield the fields that are set, with their wire names."""
    names = zip(struct.__struct_encode_fields__, struct.__struct_fields__, strict=True)
    for wire, name in names:
        value = getattr(struct, name)
        if value is not None and value is not msgspec.UNSET:
            yield wire, value


def _too_large(value: int) -> Unwritable:
    what = f"an integer of {value.bit_length()} bits"
    return Unwritable(what, "64 bits is the limit", "write it as text")


def _key_fault(value: dict[Any, object]) -> Unwritable | None:
    for key in value:
        if not isinstance(key, str):
            return _foreign_key(key)
    return None


def _foreign_key(key: object) -> Unwritable:
    if isinstance(key, int) and key.bit_length() > _BITS:  # Python cannot show thousands of digits
        return Unwritable("a key", "it is an integer of more than 64 bits", "write it as text")
    fix = f"write {str(key)!r}" if type(key) in (int, float) else None
    return Unwritable(f"the key {repr(key)[:80]}", _KEYS, fix)


def _at(value: object, path: str) -> object:
    for attribute in path.split("."):
        value = getattr(value, attribute, None)
    return value


def _foreign(value: object) -> Unwritable | None:
    if value is NULL:
        return None
    name = f"a value of type {type(value).__name__}"
    for kinds, why, fix in _FIXES:
        if isinstance(value, kinds):
            return Unwritable(name, why, fix)
    for at in ("name", "reference.name"):
        if isinstance(_at(value, at), str):
            return Unwritable(name, "a reference is not a name", f"pass its {at}")
    return Unwritable(name, "JSON has no such value")
