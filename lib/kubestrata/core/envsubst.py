"""Variable substitution as Flux does it: `${name}` and the operators of its envsubst.

Source: the grammar and functions of fluxcd/pkg/envsubst. It is not that of a shell: `${a-b}` has no
default, `${!x}` and `${x[@]}` are errors, an empty value takes the default, `$$` becomes `$`.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from kubestrata.core.frozen import Frozen

Lookup: TypeAlias = Callable[[str], str | None]
UNKNOWN = "${}"
"""The value of a variable that is set, or may be, to something that is not known here."""
"""Returns the value of a variable, '' if it is not set, None if that is not known."""

VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
"""The names that Flux accepts in `postBuild`."""
_OPERATOR = re.compile(r":[=\-?+]|=|:|,{1,2}|\^{1,2}|//|/#|/%|/|#{1,2}|%{1,2}|")
_DEFAULTS = ("=", ":=", ":-", ":?", ":+")
_DEEPEST = 100
_NAME_FIRST = "a name must follow ${"
_UNCLOSED = "the closing } is missing"


class EnvsubstError(Exception):
    """Text that Flux cannot parse; the whole Kustomization fails. `expression` is its start."""

    def __init__(self, expression: str, why: str) -> None:
        self.expression, self.why = expression, why
        super().__init__(f"{expression}: {why}")


class Expression(Frozen):
    """One `${...}`: the variable, its operator ('' for none), the arguments as parsed text."""

    text: str
    name: str
    operator: str = ""
    arguments: tuple[tuple[str | Expression, ...], ...] = ()

    @property
    def default(self) -> bool:
        """Return True if it has a value even if the variable is not set."""
        return self.operator in _DEFAULTS


def parse(text: str) -> list[str | Expression]:
    """Return literal text and expressions in order; raises EnvsubstError."""
    parts: list[str | Expression] = []
    literal, at = "", 0
    while (found := text.find("$", at)) >= 0:
        literal += text[at:found]
        following = text[found + 1 : found + 2]
        if following == "$":
            literal, at = literal + "$", found + 2
        elif following == "{":
            if literal:
                parts.append(literal)
            expression, at = _expression(text, found, 0)
            parts.append(expression)
            literal = ""
        else:
            literal, at = literal + "$", found + 1
    literal += text[at:]
    return [*parts, literal] if literal else parts


def expand(text: str, lookup: Lookup) -> str:
    """Return the text after substitution; raises EnvsubstError.

    A variable that is not set takes its default; without one, its expression remains as written.
    """
    return "".join(part if isinstance(part, str) else _value(part, lookup) for part in parse(text))


def expressions(text: str) -> Iterator[Expression]:
    """Yield the expressions of a text, nested ones too; raises EnvsubstError."""
    pending = [each for each in reversed(parse(text)) if isinstance(each, Expression)]
    while pending:
        each = pending.pop()
        yield each
        inner = [part for one in each.arguments for part in one if isinstance(part, Expression)]
        pending += reversed(inner)


def _expression(text: str, start: int, depth: int) -> tuple[Expression, int]:
    """Return the expression that starts at `${`, and the position behind it."""
    line, brace, _ = text[start:].partition("\n")[0].partition("}")
    shown = (line + brace)[:40]
    if depth > _DEEPEST:
        raise EnvsubstError(shown, "is nested too deeply")
    at = start + 2
    length = text[at : at + 1] == "#"
    at += length
    begun = at
    while at < len(text) and (text[at].isalpha() or text[at].isdigit() or text[at] == "_"):
        at += 1
    name = text[begun:at]
    if not name:
        raise EnvsubstError(shown, _NAME_FIRST)
    operator = "len" if length else _operator(text, at)
    if not length:
        at += len(operator)
    if operator in ("", "len", ",", ",,", "^", "^^"):
        if text[at : at + 1] != "}":
            raise EnvsubstError(shown, _UNCLOSED)
        return Expression(text[start : at + 1], name, operator), at + 1
    arguments, at = _arguments(text, at, operator, depth, shown)
    return Expression(text[start:at], name, operator, tuple(arguments)), at


def _operator(text: str, at: int) -> str:
    found = _OPERATOR.match(text, at)
    return found[0] if found else ""


_Parts: TypeAlias = tuple[str | Expression, ...]


def _arguments(
    text: str, at: int, operator: str, depth: int, shown: str
) -> tuple[list[_Parts], int]:
    """Return the arguments behind an operator, and the position behind the closing brace."""
    ends = "/}" if operator[0] == "/" else ":}" if operator == ":" else "}"
    found: list[_Parts] = []
    while True:
        argument, at = _argument(text, at, ends, depth, shown)
        found.append(argument)
        if at >= len(text):
            raise EnvsubstError(shown, _UNCLOSED)
        if text[at] == "}":
            if operator[0] == "/" and len(found) == 1:
                raise EnvsubstError(shown, "the second / is missing")
            return found, at + 1
        at, ends = at + 1, "}"


def _argument(text: str, at: int, ends: str, depth: int, shown: str) -> tuple[_Parts, int]:
    """Return literal text and nested expressions up to one of the characters in `ends`."""
    parts: list[str | Expression] = []
    literal = ""
    while at < len(text) and text[at] not in ends:
        if text.startswith("${", at):
            if literal:
                parts.append(literal)
            nested, at = _expression(text, at, depth + 1)
            parts.append(nested)
            literal = ""
        else:
            literal, at = literal + text[at], at + 1
    if at >= len(text):
        raise EnvsubstError(shown, _UNCLOSED)
    return (*parts, literal) if literal else tuple(parts), at


def _value(expression: Expression, lookup: Lookup) -> str:
    value, operator = lookup(expression.name), expression.operator
    if value == UNKNOWN:
        return expression.text
    if value is None and not expression.default:
        return expression.text
    arguments = ["".join(_flat(each, lookup)) for each in expression.arguments]
    if value is None or expression.default:
        return value or "".join(arguments)
    return _applied(operator, value, arguments)


def _flat(parts: _Parts, lookup: Lookup) -> Iterator[str]:
    for part in parts:
        yield part if isinstance(part, str) else _value(part, lookup)


def _applied(operator: str, value: str, arguments: list[str]) -> str:
    match operator:
        case "len":
            return str(len(value.encode()))
        case "," | "^":
            first = value[:1].lower() if operator == "," else value[:1].upper()
            return first + value[1:]
        case ",,":
            return value.lower()
        case "^^":
            return value.upper()
        case ":":
            return _substring(value, arguments)
        case "#" | "##" | "%" | "%%":
            return _trimmed(operator, value, arguments[0])
        case "/" | "//" | "/#" | "/%":
            return _replaced(operator, value, *arguments)
        case _:
            return value


def _substring(value: str, arguments: list[str]) -> str:
    try:
        numbers = [int(each) for each in arguments]
    except ValueError:
        return value
    start = numbers[0] if numbers[0] >= 0 else max(len(value) + numbers[0], 0)
    return value[start:] if len(numbers) == 1 else value[start : start + numbers[1]]


def _trimmed(operator: str, value: str, pattern: str) -> str:
    from_start = operator[0] == "#"
    lengths = range(1, len(value) + 1) if len(operator) == 1 else range(len(value), 0, -1)
    for length in lengths:
        part = value[:length] if from_start else value[-length:]
        if fnmatch.fnmatchcase(part, pattern):
            return value[length:] if from_start else value[:-length]
    return value


def _replaced(operator: str, value: str, old: str, new: str = "") -> str:
    if operator == "/#":
        return new + value[len(old) :] if value.startswith(old) else value
    if operator == "/%":
        return value[: len(value) - len(old)] + new if value.endswith(old) else value
    return value.replace(old, new, 1 if operator == "/" else -1)
