"""Fields of a configuration that its program does not know, and values of a wrong type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kubestrata.core.json_value import is_list, is_mapping, mapping, sequence
from kubestrata.knowledge.configuration_field import ConfigurationFields, configuration_fields
from kubestrata.rules.near import near

_WORDS = frozenset({"true", "false", "yes", "no", "on", "off"})
_OPEN = "_configs"
"""The end of the names of receivers, of which new versions have more."""


class FieldProblem(NamedTuple):
    """A problem of a field: the path of what it is in, its name, and the fix."""

    at: str
    name: str
    message: str
    fix: str = ""


def field_problems(program: str, content: Mapping[str, Any]) -> Iterator[FieldProblem]:
    """Yield the problems of a program's configuration."""
    fields = configuration_fields()[program]
    yield from _problems(fields, "", content, "")


def _problems(
    fields: ConfigurationFields, block: str, content: Mapping[str, Any], at: str
) -> Iterator[FieldProblem]:
    known = fields.blocks[block]
    for name, value in content.items():
        if name not in known and name not in fields.anywhere:
            if not name.endswith(_OPEN):
                yield FieldProblem(at, name, "is not a known field", _near(name, known))
            continue
        kind = known.get(name, "")
        here = f"{at}.{name}" if at else name
        if expected := _expected(kind, value):
            yield FieldProblem(at, name, f"must be {expected}")
        elif kind.startswith("@"):
            yield from _problems(fields, kind[1:], mapping(value), here)
        elif kind.startswith("[]@"):
            for number, each in enumerate(sequence(value)):
                yield from _problems(fields, kind[3:], mapping(each), f"{here}[{number}]")


def _near(name: str, known: Mapping[str, str]) -> str:
    return near(name, sorted(known), "write") if len(known) > 1 else ""


def _expected(kind: str, value: Any) -> str:
    """Return what a value must be, '' if it may be right."""
    if value is None or (isinstance(value, str) and "{{" in value):
        return ""
    if kind == "boolean" and not isinstance(value, bool):
        return "" if str(value).lower() in _WORDS else "true or false"
    if kind == "int":
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        is_text = isinstance(value, str) and any(each.isdigit() for each in value)
        return "" if is_number or is_text else "a number"
    if kind.startswith("@") and not is_mapping(value):
        return "an object"
    if kind.startswith("[]@") and not is_list(value):
        return "a list"
    return ""
