"""A problem with an object, in the form that all validators of this package use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from kubestrata.core.frozen import Frozen
from kubestrata.core.secret_field import REDACTED, is_secret_path

_PLAIN = re.compile(r"[A-Za-z_$][\w$-]*")
_LONGEST = 60

Step: TypeAlias = str | int


class Hidden(Frozen):
    """A value of a secret field in a message: its type only."""

    type: type


class Fault(NamedTuple):
    """The path, the problem with its values, and the fix if it is one step."""

    path: str
    message: str
    fix: str = ""


class Doubtful(Fault):
    """A field or value that another version of the schema may know."""

    __slots__ = ()


class UnknownField(Doubtful):
    """A field that the schema does not have."""

    __slots__ = ()


class Misspelled(UnknownField):
    """A field that is nearly the name of another one of the same object."""

    __slots__ = ()


def dotted(steps: Iterable[Step]) -> str:
    """Return `spec.rules[0].name`; an ambiguous name is in brackets."""
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
    """Return a text as one line, truncated if it is long."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 3]}..."


def hidden(value: object, path: Sequence[Step], *, of_secret: bool = False) -> object:
    """Return what messages may show of the value at a path: not that of a secret field."""
    secret = type(value) in (str, int, float) and is_secret_path(path, of_secret=of_secret)
    return Hidden(type(value)) if secret else value


def is_open(value: object) -> bool:
    """Return True for a text with `${x}`, which substitution may still fill in."""
    return isinstance(value, str) and "${" in value


def shown(value: object) -> str:
    """Return a value as messages show it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Hidden():
            return REDACTED
        case str():
            lines = value.strip().count("\n") + 1
            return shortened(repr(value)) if lines == 1 else f"a text of {lines} lines"
        case dict():
            return "an object"
        case list() | tuple():
            return "a list"
        case _:
            return str(value)
