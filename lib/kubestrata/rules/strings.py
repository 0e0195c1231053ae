"""The texts in a manifest, wherever they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubestrata.core.json_value import is_mapping, is_sequence


def strings(value: Any, path: str = "") -> Sequence[tuple[str, str]]:
    """Return every text of a manifest with its path, and keys with a `$`."""
    found: list[tuple[str, str]] = []
    _gather(value, path, found)
    return found


def strings_with(part: str, value: Any, path: str = "") -> Sequence[tuple[str, str]]:
    """Return the texts that have a part, like `strings`; most manifests have none."""
    if not _holds(part, value):
        return ()
    return [each for each in strings(value, path) if part in each[1]]


def _holds(part: str, value: Any) -> bool:
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, str):
            if part in each:
                return True
        elif is_mapping(each):
            pending += each
            pending += each.values()
        elif is_sequence(each):
            pending += each
    return False


def _gather(value: Any, path: str, found: list[tuple[str, str]]) -> None:
    # Generators that delegate once per level cost twice as much.
    if isinstance(value, str):
        found.append((path, value))
    elif is_mapping(value):
        for key, part in value.items():
            if "$" in str(key):
                found.append((path, str(key)))
            _gather(part, f"{path}.{key}" if path else str(key), found)
    elif is_sequence(value):
        for index, part in enumerate(value):
            _gather(part, f"{path}[{index}]", found)
