"""The cost of a CEL rule, estimated before it runs: a rule that runs cannot be stopped.

The API server has the same kinds of limits: length, nesting, and steps for one evaluation. A rule
beyond them is not evaluated here, and is counted as not checked.
"""

from __future__ import annotations

import re
import time
from typing import Any

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_list, is_mapping

_LONGEST = 20_000
_MOST_TOKENS = 5_000
_DEEPEST = 250
_MOST_STEPS = 500_000_000
"""Comparisons of two numbers: some seconds."""
_STEPS_PER_TOKEN = 10
_SECONDS = 60
_NOTICED = 1_000_000
_TOKEN = re.compile(
    r"[rR]?\"\"\"[\s\S]*?\"\"\"|[rR]?'''[\s\S]*?'''|[rR]\"[^\"\n]*\"|[rR]'[^'\n]*'"
    r"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|[A-Za-z_]\w*|\d+|\S"
)
_MACROS = frozenset({"all", "exists", "existsOne", "exists_one", "filter", "map"})
_GROWING = frozenset({"findAll", "flatten", "format", "join", "range", "replace", "split"})
"""Functions whose results can be longer than their arguments: a loop over one nests deeper."""


class CostShape(Frozen):
    """The size of an expression, and how deep its loops are."""

    tokens: int
    loops: int
    appended: int
    largest: int
    """The largest number in it: the length of a range, for one."""
    grows: bool

    def steps(self, value: Any) -> int:
        """Return an upper bound of the steps of one evaluation."""
        if not self.loops:
            return 0
        size, longest = _measured(value, texts=self.grows)
        longest = max(longest, self.largest, 1) * (1 + self.appended)
        return int(longest**self.loops) * (_STEPS_PER_TOKEN * self.tokens + size)


def refused(expression: str) -> str:
    """Return why an expression is too large to be compiled, '' if it is not."""
    if len(expression) > _LONGEST:
        return f"is longer than {_LONGEST} characters"
    tokens: list[str] = _TOKEN.findall(expression)
    if len(tokens) > _MOST_TOKENS:
        return f"has more than {_MOST_TOKENS} terms and signs"
    depth = deepest = 0
    for part in tokens:
        depth += (part in "([{") - (part in ")]}")
        deepest = max(deepest, depth)
    return f"is nested more than {_DEEPEST} levels deep" if deepest > _DEEPEST else ""


def shape_of(expression: str) -> CostShape:
    """Return the size of an expression that is not too large."""
    tokens: list[str] = _TOKEN.findall(expression)
    loops, deepest, total = 0, 0, 0
    opened: list[int] = []
    for index, part in enumerate(tokens):
        if part in ("(", "[", "{"):
            opened.append(_loops_of(tokens[max(0, index - 3) : index]) if part == "(" else 0)
            loops += opened[-1]
            total += opened[-1]
            deepest = max(deepest, loops)
        elif part in (")", "]", "}") and opened:
            loops -= opened.pop()
    growing = sum(each in _GROWING for each in tokens)
    numbers = [int(each) for each in tokens if each.isdecimal() and len(each) < 20]
    # A value that grows step by step loops over what came before it, wherever it is written.
    loops = total + growing if growing else deepest
    largest = max([tokens.count(","), *(numbers if growing else ())])
    return CostShape(len(tokens), loops, tokens.count("+"), largest, grows=growing > 0)


def _loops_of(before: list[str]) -> int:
    """Return the number of loops of a call, by the words before its parenthesis."""
    if before[-1:] == ["distinct"] or before[:1] == ["sets"]:
        return 2
    return 1 if before and before[-1] in _MACROS else 0


def _measured(value: Any, *, texts: bool) -> tuple[int, int]:
    """Return the number of values, and the length of the longest collection (or text)."""
    size, longest = 0, 0
    pending: list[Any] = [value]
    while pending:
        part = pending.pop()
        size += 1
        if is_mapping(part):
            longest = max(longest, len(part))
            pending += part.values()
        elif is_list(part):
            longest = max(longest, len(part))
            pending += part
        elif isinstance(part, str):
            size += len(part) // 100
            longest = max(longest, len(part)) if texts else longest
    return size, longest


class CelBudget:
    """The time budget for the loops of all rules of one cluster."""

    def __init__(self) -> None:
        self._left: float = _SECONDS
        self._began = 0.0

    def refuses(self, shape: CostShape, value: Any) -> str:
        """Return why a rule is not evaluated for a value, '' if it is; its time counts from now."""
        steps = shape.steps(value)
        self._began = time.monotonic() if steps > _NOTICED else 0.0
        if steps > _MOST_STEPS:
            return "would take more steps than the API server allows"
        if self._began and self._left <= 0:
            return f"the rules of this cluster take more than {_SECONDS} seconds together"
        return ""

    def spend(self) -> None:
        """Subtract the time of the evaluation that ends now."""
        if self._began:
            self._left -= time.monotonic() - self._began
