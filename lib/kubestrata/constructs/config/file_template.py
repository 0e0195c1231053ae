"""Templates of files: `@{name}` is replaced by a value; nothing is executed.

A placeholder has a format, `@{port:int}`: `text` (the default), `int`, `number`, `bool`, or `json`,
which writes any value as JSON, text with its quotes. `@@{` is a literal `@{`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kubestrata.core.errors import InvalidValue
from kubestrata.core.json_value import Json
from kubestrata.core.origin import Line, caller
from kubestrata.core.plain_value import unwritable
from kubestrata.core.reference import Reference
from kubestrata.core.render import render_open
from kubestrata.core.value.placeholder import PlaceholderInt

_PLACEHOLDER = re.compile(r"@@\{|@\{(?P<inner>[^{}\n]*)\}|@\{")
_INNER = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::(?P<format>[a-z]+))?\Z")
_FORMATS = ("text", "int", "number", "bool", "json")


@dataclass(slots=True)
class _Filling:
    """The filling of one template: its values, and what was used of them."""

    file: str
    text: str
    values: Mapping[str, Json]
    used: set[str] = field(default_factory=set[str])
    references: list[Reference] = field(default_factory=list[Reference])

    def __call__(self, found: re.Match[str]) -> str:
        if found[0] == "@@{":
            return "@{"
        where = Line(self.file, self.text.count("\n", 0, found.start()) + 1)
        inner = _INNER.match(found["inner"] or "")
        if inner is None:
            fix = "write @{name} or @{name:int}; a literal @{ is @@{"
            raise InvalidValue(f"{found[0][:40]!r}", "is not a valid placeholder", fix, where=where)
        name, kind = inner["name"], inner["format"] or "text"
        if kind not in _FORMATS:
            raise InvalidValue(
                f"format of {name!r}", f"is {kind!r}", _nearest(kind, _FORMATS), where=where
            )
        if name not in self.values:
            fix = f"pass {name!r} in values="
            if self.values:
                fix = _nearest(name, self.values)
            raise InvalidValue(f"placeholder {name!r}", "has no value", fix, where=where)
        self.used.add(name)
        return self._written(name, kind, where)

    def _written(self, name: str, kind: str, where: Line) -> str:
        value = self.values[name]
        fault = unwritable(value)
        if fault is not None:
            raise InvalidValue(f"value of {name!r}", str(fault), fault.fix, where=where)
        plain, references = render_open(value, caller(), name)
        self.references += references
        if kind == "json":
            return json.dumps(plain, ensure_ascii=False)
        if kind == "text" and isinstance(value, str):
            return str.__str__(value)
        if kind == "bool" and isinstance(value, bool):
            return "true" if value else "false"
        if kind in ("int", "number") and isinstance(value, int) and not isinstance(value, bool):
            return value.mark if isinstance(value, PlaceholderInt) else str(int(value))
        if kind == "number" and isinstance(value, float):
            return repr(float(value))
        why = f"is a {type(value).__name__}, but the template has @{{{name}:{kind}}}"
        raise InvalidValue(f"value of {name!r}", why, _fix(name, value), where=where)


def _nearest(word: str, known: Iterable[str]) -> str:
    from kubestrata.core.field_type import nearest  # noqa: PLC0415  # errors only

    return nearest(word, sorted(known))


def _fix(name: str, value: object) -> str:
    fits = ((bool, "bool"), (int, "int"), (float, "number"), (str, "text"))
    kind = next((each for of, each in fits if isinstance(value, of)), "json")
    return f"write @{{{name}:{kind}}}, or pass another value"


def fill(text: str, values: Mapping[str, Json], file: str) -> tuple[str, list[Reference]]:
    """Return a template with its values, and the references in them.

    Raises InvalidValue for a placeholder without a value, a value of another type than its format,
    and a value that no placeholder uses.
    """
    filling = _Filling(file, text, values)
    made = _PLACEHOLDER.sub(filling, text)
    unused = sorted(set(values) - filling.used)
    if unused:
        why = f"is not used by {file.rpartition('/')[2]}"
        fix = f"write @{{{unused[0]}}} in it, or remove the value"
        raise InvalidValue(f"value {unused[0]!r}", why, fix)
    return made, filling.references
