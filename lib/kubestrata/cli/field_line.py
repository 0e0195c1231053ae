"""Fields that differ, as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kubestrata.core.plain_text import GREEN, RED, YELLOW

if TYPE_CHECKING:
    from kubestrata.core.field_change import FieldChange

SIGNS = {
    "added": ("+", GREEN),
    "removed": ("-", RED),
    "changed": ("~", YELLOW),
    "recreated": ("-/+", RED),
    "reordered": ("~", YELLOW),
}
"""The sign and the colour of each verb."""


def field_lines(field: FieldChange) -> Iterator[str]:
    """Yield the lines of a field: sign, path, and both values or the lines of text that differ."""
    sign = SIGNS[field.verb][0]
    before, after = field.before, field.after
    if field.verb == "added":
        yield f"{sign} {field.path}: {_shown(after)}"
    elif field.verb == "removed":
        yield f"{sign} {field.path}: {_shown(before)}"
    elif field.verb == "reordered":
        yield f"{sign} {field.path}: order {_shown(before)} -> {_shown(after)}"
    elif _is_text(before) and _is_text(after):
        yield f"{sign} {field.path}:"
        yield from (f"    {line}" for line in _text_lines(before, after))
    else:
        yield f"{sign} {field.path}: {_shown(before)} -> {_shown(after)}"


def _text_lines(before: str, after: str) -> Iterator[str]:
    """Yield the lines that differ, each group with its first line numbers."""
    from kubestrata.core.sequence_match import gaps, matches

    one, other = before.split("\n"), after.split("\n")
    for old, new in gaps(matches(one, other), (len(one), len(other))):
        yield f"@@ -{old.start + 1},{len(old)} +{new.start + 1},{len(new)} @@"
        yield from (f"-{one[index]}" for index in old)
        yield from (f"+{other[index]}" for index in new)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and "\n" in value


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
