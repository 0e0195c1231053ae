"""What is wrong with an object, as every judge of this package says it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

_PLAIN = re.compile(r"[A-Za-z_$][\w$-]*")
_LONGEST = 60

Step: TypeAlias = str | int


class Fault(NamedTuple):
    """Where, what is wrong with the values, and the fix if it is one step."""

    path: str
    message: str
    fix: str = ""


def dotted(steps: Iterable[Step]) -> str:
    """`spec.rules[0].name`; a name that could be misread stands in brackets."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return text


def shortened(text: str, longest: int = _LONGEST) -> str:
    """A text in one line, its end left out if it is long."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 3]}..."


def shown(value: object) -> str:
    """A value in a message."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return shortened(repr(value))
        case dict():
            return "an object"
        case list() | tuple():
            return "a list"
        case _:
            return str(value)
