"""What a CEL rule reads of `self`, so that nothing else is handed to it.

Handing over a value costs more than judging it: most rules of a large object only ask whether
two of its fields are set.
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
    """What is read of one value: all of it, some fields, or only that it is there."""

    whole: bool = False
    fields: dict[str, Read] = field(default_factory=dict[str, "Read"])

    def of(self, value: Any) -> Any:
        """The part of a value that is read; what is only asked for is `true`."""
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
    """The expression with reserved words as they are: CEL here reads them as names."""
    return _WORD.sub(r"\1", expression)


def chains(expression: str) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The fields of `self` that an expression names, and whether it only asks for them."""
    for found in _READ.finditer(expression):
        names = tuple(found[2].split(".")[1:])
        end = (found[3] or "").strip()
        if end == "(":
            names = names[:-1]
        yield names, bool(found[1] and names and end == ")")


def reads(expressions: Iterable[str]) -> Read:
    """What several rules of one place read together."""
    root = Read()
    for expression in expressions:
        for names, only_asks in chains(expression):
            at = root
            for name in names:
                at = at.fields.setdefault(name, Read())
            at.whole = at.whole or not only_asks
    return root
