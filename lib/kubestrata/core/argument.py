"""Run-time checks of argument types, for users without a type checker."""

from __future__ import annotations

from typing import TypeVar

from kubestrata.core.errors import InvalidValue
from kubestrata.core.json_value import is_sequence

_Kind = TypeVar("_Kind")


def require(what: str, value: object, *kinds: type[_Kind], fix: str | None = None) -> _Kind:
    """Return the value; raises InvalidValue if it is of none of `kinds`. `what` is the argument."""
    if not isinstance(value, kinds):
        wanted = " or ".join(kind.__name__ for kind in kinds)
        why = f"is a {type(value).__name__}, where {wanted} is expected"
        raise InvalidValue(what, why, fix)
    return value


def require_each(what: str, values: object, *kinds: type[object]) -> None:
    """Raise InvalidValue for what is not a list, or has an item of none of `kinds`."""
    if not is_sequence(values):
        require(what, values, list, tuple, fix="write a list: [...]")
        return
    name, of, owner = what.partition(" of ")
    for position, each in enumerate(values):
        require(f"{name}[{position}]{of}{owner}", each, *kinds)
