"""Numbers of built-in kinds that do not fit into the 32 bits of their field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.schema.branch import Branch, Growth, reached, steps
from kubestrata.schema.definitions import KubernetesDefinitions
from kubestrata.schema.fault import Fault, dotted

_LIMIT = 2**31


def short_numbers(
    schema: dict[str, Any], definitions: KubernetesDefinitions
) -> Branch[bool] | None:
    """Return the branch of the fields that have 32 bits."""
    shared = definitions.branches("short numbers")
    return Growth(_is_short, definitions, shared).of(schema)


def _is_short(schema: dict[str, Any]) -> bool | None:
    return True if schema.get("format") == "int32" else None


def cut_off_faults(branch: Branch[bool] | None, value: object) -> Iterator[Fault]:
    """Yield the numbers that the API server cuts off."""
    if branch is None or not _has_long(value):
        return
    for _, each, trail in reached(branch, value):
        if _is_long(each):
            stored = (each + _LIMIT) % (2 * _LIMIT) - _LIMIT
            message = f"{each} does not fit into 32 bits; the API server stores {stored}"
            yield Fault(dotted(steps(trail)), message)


def _is_long(value: object) -> bool:
    return isinstance(value, int) and not -_LIMIT <= value < _LIMIT


def _has_long(value: object) -> bool:
    pending = [value]
    while pending:
        part = pending.pop()
        if _is_long(part):
            return True
        if is_mapping(part):
            pending += part.values()
        elif is_list(part):
            pending += part
    return False
