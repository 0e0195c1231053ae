"""The syntax tree of a CEL expression, for estimates of its cost.

Read are the expressions that Kubernetes accepts; types and functions are not checked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from kubestrata.core.frozen import Frozen

_TOKEN = re.compile(
    r"""\s+|//[^\n]*
    |(?P<text>[bBrR]{0,2}(?:'{3}[\s\S]*?'{3}|"{3}[\s\S]*?"{3}|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))
    |(?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:\d+\.\d+|\d+|\.\d+)(?:[eE][+-]?\d+)?[uU]?)
    |(?P<name>[A-Za-z_]\w*|`[^`\n]+`)
    |(?P<sign>\|\||&&|[<>=!]=|[-+*/%!<>?:.,()\[\]{}])""",
    re.VERBOSE,
)
_LEVELS: Sequence[tuple[str, ...]] = (
    ("||",),
    ("&&",),
    ("<", "<=", ">", ">=", "==", "!=", "in"),
    ("+", "-"),
    ("*", "/", "%"),
)
_LOGICAL = 2
"""Operators of the first levels have any number of operands in one call."""
_DEEPEST = 60
_LONGEST_CHAIN = 100


class CelLiteral(Frozen):
    """A constant; `size` is the length of a text, None for any other."""

    size: int | None = None


class CelName(Frozen):
    """A variable."""

    name: str


class CelSelect(Frozen):
    """A field of a value, `optional` for `.?name`."""

    operand: Node
    name: str
    optional: bool = False


class CelCall(Frozen):
    """A function, a method or an operator (`+`, `[]`, `?:`), with its target if it is a method."""

    function: str
    arguments: tuple[Node, ...]
    target: Node | None = None


class CelItems(Frozen):
    """A list or, with a value after each key, a map."""

    items: tuple[Node, ...]
    is_map: bool = False


Node: TypeAlias = CelLiteral | CelName | CelSelect | CelCall | CelItems


class CelSyntaxError(ValueError):
    """An expression that is not CEL, or nested too deeply."""


def parsed(expression: str) -> Node:
    """Return the syntax tree of an expression; raises CelSyntaxError."""
    parser = _Parser(_tokens(expression))
    found = parser.ternary()
    parser.end()
    return found


def _tokens(expression: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(expression):
        token = _TOKEN.match(expression, at)
        if token is None:
            raise CelSyntaxError(f"cannot be read at {expression[at : at + 10]!r}")
        at = token.end()
        if token.lastgroup is not None:
            found.append((token.lastgroup, token[0]))
    return found


class _Parser:
    def __init__(self, tokens: Sequence[tuple[str, str]]) -> None:
        self._tokens = [*tokens, ("end", "")]
        self._at = 0
        self._depth = 0

    def end(self) -> None:
        self._expect("")

    @property
    def _next(self) -> str:
        kind, text = self._tokens[self._at]
        return "" if kind in ("text", "number") else text

    def _take(self, *texts: str) -> str:
        """Return the next token and go on if it is one of some, else ''."""
        found = self._next
        if found not in texts or not found:
            return ""
        self._at += 1
        return found

    def _expect(self, text: str) -> None:
        if self._tokens[self._at][0] == "end" if not text else self._take(text):
            return
        raise CelSyntaxError(
            f"has {self._tokens[self._at][1]!r} where {text or 'its end'!r} belongs"
        )

    def ternary(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise CelSyntaxError(f"is nested more than {_DEEPEST} levels deep")
        found = self._binary(0)
        if self._take("?"):
            then = self._binary(0)
            self._expect(":")
            found = CelCall("?:", (found, then, self.ternary()))
        self._depth -= 1
        return found

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        found = self._binary(level + 1)
        if level < _LOGICAL:
            operands = [found]
            while self._take(*_LEVELS[level]):
                operands.append(self._binary(level + 1))
            return CelCall(_LEVELS[level][0], tuple(operands)) if len(operands) > 1 else found
        for _ in range(_LONGEST_CHAIN):
            sign = self._take(*_LEVELS[level])
            if not sign:
                return found
            found = CelCall(sign, (found, self._binary(level + 1)))
        raise CelSyntaxError(f"has more than {_LONGEST_CHAIN} operators in a row")

    def _unary(self) -> Node:
        signs: list[str] = []
        while sign := self._take("!", "-"):
            signs.append(sign)
        found = self._member()
        for sign in reversed(signs):
            if not (sign == "-" and isinstance(found, CelLiteral)):
                found = CelCall(sign, (found,))
        return found

    def _member(self) -> Node:
        found = self._primary()
        while sign := self._take(".", "[", "{"):
            if sign == "[":
                is_optional = bool(self._take("?"))
                found = CelCall("[?]" if is_optional else "[]", (found, self.ternary()))
                self._expect("]")
            elif sign == "{":
                found = self._fields()
            else:
                optional = bool(self._take("?"))
                name = self._name()
                called = not optional and self._take("(")
                found = (
                    CelCall(name, self._list(")"), found)
                    if called
                    else CelSelect(found, name, optional)
                )
        return found

    def _fields(self) -> Node:
        """Return the fields of a struct, which no rule of a custom resource can make."""
        raise CelSyntaxError("makes a message")

    def _primary(self) -> Node:
        kind, text = self._tokens[self._at]
        if kind == "text":
            self._at += 1
            return CelLiteral(_length(text))
        if kind == "number":
            self._at += 1
            return CelLiteral()
        if kind == "name":
            name = self._name()
            if name in ("true", "false", "null"):
                return CelLiteral()
            return CelCall(name, self._list(")")) if self._take("(") else CelName(name)
        if self._take("("):
            found = self.ternary()
            self._expect(")")
            return found
        if self._take("["):
            return CelItems(self._list("]"))
        if self._take("{"):
            return CelItems(self._list("}"), is_map=True)
        raise CelSyntaxError(f"has {text!r} where a value belongs")

    def _name(self) -> str:
        kind, text = self._tokens[self._at]
        if kind != "name":
            raise CelSyntaxError(f"has {text!r} where a name belongs")
        self._at += 1
        return text.strip("`")

    def _list(self, end: str) -> tuple[Node, ...]:
        found: list[Node] = []
        while not self._take(end):
            self._take("?")
            found.append(self.ternary())
            if end == "}" and self._take(":"):
                found.append(self.ternary())
            if not self._take(","):
                self._expect(end)
                break
        return tuple(found)


def _length(text: str) -> int:
    """Return the length in bytes of a text as CEL reads it, nearly: an escape is one byte."""
    quoted = text.lstrip("bBrR")
    marks = 3 if quoted[:3] in ("'''", '"""') else 1
    inner = quoted[marks : len(quoted) - marks]
    if "r" not in text[: len(text) - len(quoted)].lower():
        inner = re.sub(r"\\.", "x", inner)
    return len(inner.encode())
