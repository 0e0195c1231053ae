"""Evaluation of Go templates, within limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import field

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_mapping, is_sequence
from kubestrata.gitops.template.call import FUNCTIONS, Functions, call
from kubestrata.gitops.template.error import NotEvaluatedError, TemplateError
from kubestrata.gitops.template.limit import Budget
from kubestrata.gitops.template.syntax import (
    BRACES,
    Block,
    Call,
    Delimiters,
    Literal,
    Node,
    Operand,
    Output,
    Pipeline,
    parse,
)
from kubestrata.gitops.template.value import shown, size_of


class Dialect(Frozen):
    """The marks and functions of templates."""

    marks: Delimiters = BRACES
    functions: Functions = field(default_factory=lambda: FUNCTIONS)


ARGO_CD = Dialect()


def evaluated(
    text: str,
    parameters: Mapping[str, Any],
    *,
    strict: bool,
    budget: Budget | None = None,
    dialect: Dialect = ARGO_CD,
) -> str:
    """Return the text of a template; if `strict`, an undefined key is an error.

    Raises TemplateError for what the real program refuses too, and NotEvaluatedError.
    """
    if dialect.marks.left not in text:
        return text
    try:
        run = _Run(dict(parameters), budget or Budget(), dialect.functions, strict=strict)
        return run.text(_parsed(text, dialect.marks))
    except RecursionError:
        raise NotEvaluatedError("a value is nested too deep") from None


@lru_cache(maxsize=1_000)
def _parsed(text: str, marks: Delimiters) -> tuple[Node, ...]:
    return parse(text, marks)


class _Run:
    """One evaluation of a template."""

    def __init__(
        self, parameters: dict[str, Any], budget: Budget, functions: Functions, *, strict: bool
    ) -> None:
        self._functions = functions
        self._variables: list[tuple[str, Any]] = [("$", parameters)]
        self._strict = strict
        self._budget = budget
        self._written: list[str] = []

    def text(self, nodes: Sequence[Node]) -> str:
        """Return the text of nodes."""
        self._walk(nodes, self._variables[0][1])
        return "".join(self._written)

    def _walk(self, nodes: Sequence[Node], dot: Any) -> None:
        for node in nodes:
            self._step()
            if isinstance(node, str):
                self._write(node)
            elif isinstance(node, Output):
                value = self._value(node.pipeline, dot)
                if not node.pipeline.variables:
                    self._write(shown(value))
            else:
                scope = len(self._variables)
                self._block(node, dot)
                del self._variables[scope:]

    def _step(self, size: int = 1) -> None:
        self._budget.spend(size)

    def _write(self, text: str) -> None:
        self._step(len(text))
        self._written.append(text)

    def _call(self, name: str, arguments: Sequence[Any]) -> Any:
        value = call(name, arguments, self._functions)
        self._step(size_of(value, self._budget.left))
        return value

    def _block(self, block: Block, dot: Any) -> None:
        if block.word == "range":
            self._range(block, dot)
            return
        value = self._value(block.pipeline, dot)
        if value:
            self._walk(block.body, value if block.word == "with" else dot)
        else:
            self._walk(block.otherwise, dot)

    def _range(self, block: Block, dot: Any) -> None:
        names = block.pipeline.variables
        value = self._value(Pipeline((), declares=False, commands=block.pipeline.commands), dot)
        empty = True
        for key, each in _items(value):
            self._step()
            empty, scope = False, len(self._variables)
            self._variables += zip(names, (key, each)[-len(names) :] if names else (), strict=True)
            self._walk(block.body, each)
            del self._variables[scope:]
        if empty:
            self._walk(block.otherwise, dot)

    def _value(self, pipeline: Pipeline, dot: Any) -> Any:
        value: Any = None
        for index, command in enumerate(pipeline.commands):
            self._step()
            value = self._command(command, dot, (value,) if index else ())
        for name in pipeline.variables:
            if pipeline.declares:
                self._variables.append((name, value))
            else:
                self._assign(name, value)
        return value

    def _assign(self, name: str, value: Any) -> None:
        for index in reversed(range(len(self._variables))):
            if self._variables[index][0] == name:
                self._variables[index] = (name, value)
                return
        raise TemplateError(f"undefined variable {name}")

    def _command(self, command: tuple[Operand, ...], dot: Any, last: tuple[Any, ...]) -> Any:
        first, *rest = command
        if not isinstance(first, Call):
            if rest or last:
                raise TemplateError("a value that is not a function has arguments")
            return self._operand(first, dot)
        if first.name in ("and", "or"):
            return self._chosen(first.name, rest, dot, last)
        arguments = [self._operand(each, dot) for each in rest]
        return self._call(first.name, [*arguments, *last])

    def _chosen(self, word: str, rest: list[Operand], dot: Any, last: tuple[Any, ...]) -> Any:
        value: Any = None
        for each in rest:
            value = self._operand(each, dot)
            if bool(value) is (word == "or"):
                return value
        return last[0] if last else value

    def _operand(self, operand: Operand, dot: Any) -> Any:
        self._step()
        if isinstance(operand, Literal):
            return operand.value
        if isinstance(operand, Call):
            return self._call(operand.name, ())
        value: Any
        if isinstance(operand.start, Pipeline):
            value = self._value(operand.start, dot)
        else:
            value = self._variable(operand.start) if operand.start else dot
        for name in operand.names:
            value = self._field(value, name)
        return value

    def _variable(self, name: str) -> Any:
        for known, value in reversed(self._variables):
            if known == name:
                return value
        raise TemplateError(f"undefined variable {name}")

    def _field(self, value: Any, name: str) -> Any:
        if not is_mapping(value):
            what = "nothing" if value is None else f"the value {shown(value)}"
            raise TemplateError(f"{what} has no key {name}")
        if name not in value and self._strict:
            raise TemplateError(f'the parameters have no key "{name}"')
        return value.get(name)


def _items(value: Any) -> Iterator[tuple[Any, Any]]:
    if is_mapping(value):
        yield from ((key, value[key]) for key in sorted(value))
    elif is_sequence(value):
        yield from enumerate(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from ((each, each) for each in range(value))
    elif value is not None:
        raise TemplateError(f"range cannot iterate over {shown(value)}")
