"""The types of fields, before they are written as annotations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Plain:
    """A builtin or one of core's aliases: `str`, `Json`, `IntOrString` ..."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few strings or integers."""

    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list."""

    item: TypeExpr


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping from strings."""

    item: TypeExpr


@dataclass(frozen=True, slots=True)
class OrNull:
    """A value that may be an explicit null."""

    item: TypeExpr


@dataclass(frozen=True, slots=True)
class OpenStruct:
    """A struct beside which unknown fields are kept, so that any mapping is allowed."""

    item: TypeExpr


@dataclass(frozen=True, slots=True)
class ShapeRef:
    """A struct, by the key of its shape; the name is given when all shapes are known."""

    key: str


TypeExpr: TypeAlias = Plain | Choice | ListOf | MapOf | OrNull | OpenStruct | ShapeRef

STRING = Plain("str")
INTEGER = Plain("int")
NUMBER = Plain("float")
BOOLEAN = Plain("bool")
JSON = Plain("Json")
JSON_OBJECT = Plain("JsonObject")
INT_OR_STRING = Plain("IntOrString")
QUANTITY = Plain("QuantityLike")
