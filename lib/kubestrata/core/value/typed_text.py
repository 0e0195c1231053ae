"""Arguments of text types that callers wrote as plain text, made values of their type."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from kubestrata.core.value.cron import Cron
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.host import Host
from kubestrata.core.value.image import Image
from kubestrata.core.value.port import Port
from kubestrata.core.value.quantity import Quantity

_KINDS: Mapping[str, Callable[[Any], object]] = {
    each.__name__: each for each in (Cron, Duration, Host, Image, Port, Quantity)
}


def with_values(function: Callable[..., Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the keywords of a call, with plain text as values of the annotated types.

    Raises InvalidValue for text that is not valid there: `schedule="* * * * 7"`.
    """
    found = {
        name: kind(given[name]) for name, kind in _annotated(function) if _is_plain(given.get(name))
    }
    return {**given, **found} if found else given


def check_texts(value: object) -> None:
    """Raise InvalidValue for an invalid plain text in a field of a frozen value."""
    kind_of_value = type(value)
    if kind_of_value not in _CHECKED:
        _CHECKED[kind_of_value] = list(_of_fields(kind_of_value))
    for name, kind in _CHECKED[kind_of_value]:
        given = getattr(value, name)
        if _is_plain(given):
            kind(given)


def _is_plain(value: object) -> bool:
    """Return True for plain scalars; references and placeholders are text of their own kind."""
    return type(value) in (str, int, float, bool)


@cache
def _annotated(function: Callable[..., Any]) -> list[tuple[str, Callable[[Any], object]]]:
    scope: Mapping[str, object] = getattr(function, "__globals__", {})
    hints: Mapping[str, object] = getattr(function, "__annotations__", {})
    return list(_kinds(hints, scope))


_CHECKED: dict[type, list[tuple[str, Callable[[Any], object]]]] = {}


def _of_fields(kind: type) -> Iterator[tuple[str, Callable[[Any], object]]]:
    hints: dict[str, object] = {}
    for base in reversed(kind.__mro__):
        own: Mapping[str, object] = vars(base).get("__annotations__", {})
        hints |= own
    return _kinds(hints, vars(sys.modules[kind.__module__]))


def _kinds(
    hints: Mapping[str, object], scope: Mapping[str, object]
) -> Iterator[tuple[str, Callable[[Any], object]]]:
    """Yield the names whose annotation, as written, is one of the types, or the type or None."""
    for name, hint in hints.items():
        written = str(getattr(hint, "__name__", hint)).removesuffix(" | None")
        kind = _KINDS.get(written)
        if kind is not None and scope.get(written) is kind:
            yield name, kind
