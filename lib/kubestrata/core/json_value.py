"""The types of JSON values, for fields without a schema, and the paths to them.

For type checkers these are exact and recursive; at run time msgspec sees `Any`,
because it refuses recursive unions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

if TYPE_CHECKING:
    Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"
    JsonObject: TypeAlias = Mapping[str, Json]
else:
    Json = Any
    JsonObject = Mapping[str, Any]

Manifest: TypeAlias = dict[str, Any]
"""A rendered Kubernetes object: plain dicts, lists and scalars."""
_WORD = re.compile(r"[\w-]+")


def is_mapping(value: object) -> TypeGuard[dict[str, Any]]:
    """Return True if a value, read or rendered, is a mapping."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Return True if a value read from JSON or YAML is an array."""
    return isinstance(value, list)


def is_sequence(value: object) -> TypeGuard[Sequence[Any]]:
    """Return True if a rendered value is a list or tuple; msgspec keeps tuples."""
    return isinstance(value, (list, tuple))


def mapping(value: object) -> dict[str, Any]:
    """Return the value if it is a mapping, else an empty one, as for an absent field."""
    return value if is_mapping(value) else {}


def sequence(value: object) -> Sequence[Any]:
    """Return the value if it is a list, else an empty one."""
    return value if is_sequence(value) else ()


def path_step(key: str) -> str:
    """Return the step of a path to a key: `.spec`, or `['a.b']`."""
    return f".{key}" if _WORD.fullmatch(key) else f"[{key!r}]"
