"""The parts of a YAML text between its separators, each with the line that it begins on."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SEPARATOR = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_CONTENT = re.compile(r"^(?![^\S\n]*(?:#|$|---[^\S\n]*$|%))", re.MULTILINE)


def parts_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield documents with their first lines; `---` at the start of any line separates them."""
    start, line = 0, 1
    for found in _SEPARATOR.finditer(text):
        if text[start : found.start()].strip():
            yield line, text[start : found.start()]
        line += text.count("\n", start, found.start())
        start = found.start()
    if text[start:].strip():
        yield line, text[start:]


def lines_before_content(part: str) -> int:
    """Return the number of lines of a part before its first one that is not a comment."""
    content = _CONTENT.search(part)
    return part.count("\n", 0, content.start() if content else 0)
