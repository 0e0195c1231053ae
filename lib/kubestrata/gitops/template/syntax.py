"""The syntax of Go's text/template: a text becomes nodes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TypeAlias

from kubestrata.core.frozen import Frozen
from kubestrata.gitops.template.error import NotEvaluatedError, TemplateError

_LONGEST = 100_000
_DEEPEST = 50
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>"(?:[^"\\\n]|\\.)*"|`[^`]*`)
    |(?P<number>[+-]?\d[\w.]*)
    |(?P<variable>\$\w*(?:\.\w+)*)
    |(?P<field>(?:\.\w+)+|\.)
    |(?P<word>\w+(?:\.\w+)*)
    |(?P<close>\)(?:\.\w+)*)
    |(?P<mark>:=|[=|(,])
    )""",
    re.VERBOSE,
)
_LITERALS = {"true": True, "false": False, "nil": None}


class Delimiters(Frozen, dict=True):
    """The marks around an action, of two characters each."""

    left: str
    right: str

    @cached_property
    def opening(self) -> re.Pattern[str]:
        """Return the pattern of the mark that trims the text before it."""
        return re.compile(rf"{re.escape(self.left)}-\s")

    @cached_property
    def closing(self) -> re.Pattern[str]:
        """Return the pattern of the end, whose group is set if it trims the text after it."""
        return re.compile(rf"(?:\s+(-))?\s*{re.escape(self.right)}")

    @cached_property
    def comment(self) -> re.Pattern[str]:
        """Return the pattern of a comment; its groups are set where it trims."""
        left, right = re.escape(self.left), re.escape(self.right)
        return re.compile(rf"{left}(-\s)?/\*.*?\*/(\s-)?{right}", re.DOTALL)


BRACES = Delimiters("{{", "}}")
ANGLES = Delimiters("<<", ">>")


class Literal(Frozen):
    """A constant."""

    value: object


class Path(Frozen):
    """Fields of the dot (variable ''), of a variable (`$x`), or of a pipeline in parentheses."""

    start: str | Pipeline
    names: tuple[str, ...]


class Call(Frozen):
    """The name of a function."""

    name: str


_Token: TypeAlias = tuple[str, str]
Operand: TypeAlias = "Literal | Path | Call"


class Pipeline(Frozen):
    """Commands, each with the result of the one before as its last argument."""

    variables: tuple[str, ...]
    declares: bool
    commands: tuple[tuple[Operand, ...], ...]


class Output(Frozen):
    """A pipeline whose result is written."""

    pipeline: Pipeline


class Block(Frozen):
    """An `if`, `with` or `range`."""

    word: str
    pipeline: Pipeline
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...]


Node: TypeAlias = "str | Output | Block"


def parse(text: str, marks: Delimiters = BRACES) -> tuple[Node, ...]:
    """Return the nodes of a template."""
    if len(text) > _LONGEST:
        raise NotEvaluatedError(f"a template has more than {_LONGEST} characters")
    parser = _Parser(list(_parts(text, marks)), marks)
    nodes, end = parser.nodes(0)
    if end:
        raise TemplateError(f"unexpected {marks.left}{end[0][1]}{marks.right}")
    return nodes


def _parts(text: str, marks: Delimiters) -> Iterator[str | list[_Token]]:
    """Yield texts, and the tokens of actions."""
    start, trims = 0, False
    while True:
        opened = text.find(marks.left, start)
        before = text[start:] if opened < 0 else text[start:opened]
        if trims:
            before = before.lstrip()
        if opened < 0:
            yield before
            return
        found = marks.comment.match(text, opened)
        tokens: list[_Token] = []
        if found is None:
            opening = marks.opening.match(text, opened)
            tokens, closing = _action(text, opened + 2, marks)
            trims_before, trims, start = opening is not None, bool(closing[1]), closing.end()
        else:
            trims_before, trims, start = bool(found[1]), bool(found[2]), found.end()
        yield before.rstrip() if trims_before else before
        if tokens:
            yield tokens


def _action(text: str, index: int, marks: Delimiters) -> tuple[list[_Token], re.Match[str]]:
    """Return the tokens of an action, and its end."""
    if text[index : index + 1] == "-" and text[index + 1 : index + 2].isspace():
        index += 1
    tokens: list[_Token] = []
    while (closing := marks.closing.match(text, index)) is None:
        found = _TOKEN.match(text, index)
        if found is None:
            if marks.right in text[index:]:
                raise NotEvaluatedError(
                    f"{text[index:].split(maxsplit=1)[0]} is not evaluated here"
                )
            raise TemplateError("an action has no end")
        tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
        index = found.end()
    return _filled(tokens), closing


def _filled(tokens: list[_Token]) -> list[_Token]:
    if not tokens:
        raise TemplateError("an action is empty")
    return tokens


class _Parser:
    """A parser over texts and actions."""

    def __init__(self, parts: Sequence[str | list[_Token]], marks: Delimiters) -> None:
        self._parts = iter(parts)
        self._marks = marks

    def _shown(self, word: str) -> str:
        return f"{self._marks.left}{word}{self._marks.right}"

    def nodes(self, depth: int) -> tuple[tuple[Node, ...], list[_Token]]:
        """Return the nodes up to an `end` or `else`, and its tokens; none at the end of all."""
        if depth > _DEEPEST:
            raise NotEvaluatedError(f"blocks are nested more than {_DEEPEST} deep")
        found: list[Node] = []
        for part in self._parts:
            if isinstance(part, str):
                found.append(part)
                continue
            word = part[0][1] if part[0][0] == "word" else ""
            if word in ("end", "else"):
                return tuple(found), part
            if word in ("if", "with", "range"):
                found.append(self._block(word, part[1:], depth))
            elif word in ("define", "template", "block", "break", "continue"):
                raise NotEvaluatedError(f"{self._shown(word)} is not evaluated here")
            else:
                found.append(Output(_pipeline(part)))
        return tuple(found), []

    def _block(self, word: str, tokens: list[_Token], depth: int) -> Block:
        pipeline = _pipeline(tokens)
        body, end = self.nodes(depth + 1)
        otherwise: tuple[Node, ...] = ()
        if len(end) > 1 and word != "range" and end[1] == ("word", word):
            return Block(word, pipeline, body, (self._block(word, end[2:], depth + 1),))
        if [text for _, text in end] == ["else"]:
            otherwise, end = self.nodes(depth + 1)
        if [text for _, text in end] != ["end"]:
            raise TemplateError(f"{self._shown(word)} has no {self._shown('end')}")
        return Block(word, pipeline, body, otherwise)


def _pipeline(tokens: list[_Token]) -> Pipeline:
    made, rest = _piped(tokens, 0, 0)
    if rest != len(tokens):
        raise TemplateError(f"unexpected {tokens[rest][1]}")
    return made


def _piped(tokens: list[_Token], start: int, depth: int) -> tuple[Pipeline, int]:
    """Return the pipeline that begins at a token, and the index of the token after it."""
    if depth > _DEEPEST:
        raise NotEvaluatedError(f"parentheses are nested more than {_DEEPEST} deep")
    variables, declares, index = _variables(tokens, start)
    commands: list[tuple[Operand, ...]] = []
    operands: list[Operand] = []
    while index < len(tokens):
        kind, text = tokens[index]
        index += 1
        if kind == "close":
            index -= 1
            break
        if (kind, text) == ("mark", "|"):
            commands.append(_command(operands))
            operands = []
        elif (kind, text) == ("mark", "("):
            inner, index = _piped(tokens, index, depth + 1)
            if index >= len(tokens):
                raise TemplateError("a parenthesis is not closed")
            operands.append(Path(inner, tuple(tokens[index][1].split(".")[1:])))
            index += 1
        else:
            operands.append(_operand(kind, text))
    commands.append(_command(operands))
    return Pipeline(variables, declares, tuple(commands)), index


def _variables(tokens: list[_Token], start: int) -> tuple[tuple[str, ...], bool, int]:
    names: list[str] = []
    index = start
    while index + 1 < len(tokens) and tokens[index][0] == "variable":
        names.append(tokens[index][1])
        mark = tokens[index + 1][1]
        index += 2
        if mark in (":=", "="):
            return tuple(names), mark == ":=", index
        if mark != ",":
            break
    return (), False, start


def _command(operands: list[Operand]) -> tuple[Operand, ...]:
    if not operands:
        raise TemplateError("a command is missing")
    return tuple(operands)


def _operand(kind: str, text: str) -> Operand:
    if kind == "field":
        return Path("", tuple(name for name in text.split(".") if name))
    if kind == "variable":
        name, *names = text.split(".")
        return Path(name, tuple(names))
    if kind == "word":
        if text in _LITERALS:
            return Literal(_LITERALS[text])
        name, *names = text.split(".")
        if not names:
            return Call(text)
        return Path(Pipeline((), declares=False, commands=((Call(name),),)), tuple(names))
    if kind == "mark":
        raise TemplateError(f"unexpected {text}")
    try:
        return Literal(text[1:-1] if text.startswith("`") else ast.literal_eval(text))
    except (SyntaxError, ValueError):
        raise NotEvaluatedError(f"{text} is not evaluated here") from None
