r"""Text without terminal control sequences and workflow commands of CI systems.

Control characters and bidirectional overrides become visible escapes (`\u001b`), which are valid
inside JSON strings too. A workflow command at the start of a printed line is defused.
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

_TAB, _NEWLINE = 0x09, 0x0A
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0))
_DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SEPARATORS = (0x2028, 0x2029, 0xFEFF)
_SURROGATES = range(0xD800, 0xE000)
_ESCAPES = {
    code: f"\\u{code:04x}"
    for code in (*_CONTROLS, *_DIRECTIONS, *_SEPARATORS, *_SURROGATES)
    if code not in (_TAB, _NEWLINE)
}
_ONE_LINE = _ESCAPES | {_NEWLINE: "\\n", 0x0D: "\\r"}
PLAIN, BOLD, DIM, RED, GREEN, YELLOW, CYAN = 0, 1, 2, 31, 32, 33, 36
"""Terminal codes of attributes and colours."""

_COMMAND = re.compile(r"^(\s*):(?=:)")  # GitHub Actions
_LOG_COMMAND = re.compile(r"##(?=\w*\[)")  # GitHub Actions, Azure Pipelines, TeamCity


class Span(NamedTuple):
    """Text of one colour in a printed line; the printer decides whether colours are used."""

    text: str
    code: int = PLAIN


PrintedLine: TypeAlias = tuple[Span, ...]


def one_line(text: str) -> str:
    r"""Return a text as one harmless line; a newline in it is shown as `\n`."""
    return _defused(text.translate(_ONE_LINE))


def harmless(text: str) -> str:
    """Return a text of several lines with each line made harmless."""
    return "\n".join(_defused(line) for line in text.translate(_ESCAPES).split("\n"))


def harmless_json(text: str) -> str:
    """Return JSON text with the same values, without control characters."""
    return text.translate(_ESCAPES).replace("##", "#\\u0023")


def indented(text: str) -> str:
    """Return a text with its second and later lines indented."""
    first, *others = text.splitlines() or [""]
    return "\n".join([first, *(f"    {line}" for line in others)])


def _defused(line: str) -> str:
    return _LOG_COMMAND.sub(r"#\\#", _COMMAND.sub(r"\1\\:", line))
