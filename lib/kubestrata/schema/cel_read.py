"""The parts of `self` that a CEL rule reads, so that only those are converted.

Converting a value costs more than evaluating a rule: most rules of a large object only check
whether two of its fields are set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kubestrata.core.json_value import is_mapping

_READ = re.compile(r"(\bhas\(\s*)?(?<![\w.])self((?:\.[A-Za-z_]\w*)*)(\s*[(\[]|\s*\))?")
_RESERVED = """as break const continue else false for function if import in let loop namespace
package null return true var void while"""
_WORD = re.compile(rf"\b__({'|'.join(_RESERVED.split())})__\b")


@dataclass(slots=True)
class Read:
    """The part of one value that a rule reads: all of it, some fields, or only its presence."""

    whole: bool = False
    fields: dict[str, Read] = field(default_factory=dict[str, "Read"])

    def of(self, value: Any) -> Any:
        """Return the part of a value that is read; a field tested only for presence is `true`."""
        if self.whole or not is_mapping(value):
            return value
        if not self.fields:
            return True
        found: dict[str, Any] = {}
        for name, read in self.fields.items():
            if name in value:
                found[name] = read.of(value[name]) if read.whole or read.fields else True
        return found


def plain_words(expression: str) -> str:
    """Return the expression with reserved words unescaped: CEL here reads them as names."""
    return _WORD.sub(r"\1", expression)


def chains(expression: str) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the fields of `self` in an expression, and whether it only tests their presence."""
    for found in _READ.finditer(expression):
        names = tuple(found[2].split(".")[1:])
        end = (found[3] or "").strip()
        if end == "(":
            names = names[:-1]
        yield names, bool(found[1] and names and end == ")")


def reads(expressions: Iterable[str]) -> Read:
    """Return what several rules of one location read together."""
    root = Read()
    for expression in expressions:
        for names, only_asks in chains(expression):
            at = root
            for name in names:
                at = at.fields.setdefault(name, Read())
            at.whole = at.whole or not only_asks
    return root
