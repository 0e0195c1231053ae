"""Files of variables (dotenv), with the grammar of Kustomize.

A line is NAME=VALUE; empty lines and those that begin with `#` are skipped. There are neither
quotes nor `export` nor escapes: everything behind the first `=` is the value.
"""

from __future__ import annotations

import re

from kubestrata.core.errors import InvalidValue
from kubestrata.core.origin import Line

_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*\Z")
_SHOWN = 40


def parse_variables(text: str, file: str) -> dict[str, str]:
    """Return the variables of a file by name.

    Raises InvalidValue for an invalid name, a name without `=`, of which Kustomize takes the value
    from the environment of whoever runs it, and one name twice.
    """
    found: dict[str, str] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        stripped = line.removesuffix("\r").lstrip()
        if not stripped or stripped.startswith("#"):
            continue
        name, equals, value = stripped.partition("=")
        where = Line(file, number)
        _check(name, equals, where)
        if name in found:
            why = f"is set in line {lines[name]} already"
            raise InvalidValue(f"variable {name!r}", why, "remove one of the two", where=where)
        found[name], lines[name] = value, number
    return found


def _check(name: str, equals: str, where: Line) -> None:
    if not equals:
        # The line is not shown: it may be a value.
        why = "has no '=': must be NAME=VALUE"
        raise InvalidValue("a line", why, "write NAME=, for an empty value", where=where)
    if not _NAME.match(name):
        why = "is not a valid name of a variable: must be letters, digits, '-', '_' and '.'"
        bare = name.removeprefix("export ").strip()
        fix = f"write {bare}=..." if _NAME.match(bare) else None
        raise InvalidValue(f"{name[:_SHOWN]!r}", why, fix, where=where)
