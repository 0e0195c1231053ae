"""The types of JSON values: what a field without a schema may hold.

For type checkers these are exact and recursive; at run time msgspec sees `Any`,
because it refuses recursive unions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"
    JsonObject: TypeAlias = Mapping[str, Json]
else:
    Json = Any
    JsonObject = Mapping[str, Any]

Manifest: TypeAlias = dict[str, Any]
"""A rendered Kubernetes object: plain dicts, lists and scalars."""
