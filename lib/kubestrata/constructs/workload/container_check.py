"""What the API server asks of the names in a container."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from kubestrata.core.errors import InvalidValue

# Source: IANA service names (RFC 6335), which ports of containers are.
_PORT = re.compile(r"(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*\Z")
_LONGEST_PORT = 15
_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*\Z")


def check_ports(numbers: Mapping[str, int], further: Iterable[str], main: str) -> None:
    """Raise InvalidValue for a name or a number that a container cannot have, or has twice."""
    if main in further:
        fix = "name it otherwise, or pass it as port="
        raise InvalidValue(f"port {main!r}", "is the name of the main one", fix)
    seen: dict[int, str] = {}
    for name, number in numbers.items():
        if not _PORT.match(name) or len(name) > _LONGEST_PORT:
            why = f"is no port name: 1 to {_LONGEST_PORT} of a-z, 0-9 and '-', one a letter"
            raise InvalidValue(f"port {name!r}", why)
        if number in seen:
            why = f"is {number}, as {seen[number]!r} is"
            raise InvalidValue(f"port {name!r}", why, "keep one name for it")
        seen[number] = name


def check_variables(names: Iterable[str]) -> None:
    """Raise InvalidValue for what no environment variable is named."""
    for name in names:
        if not _VARIABLE.match(name):
            why = "is no variable name: letters, digits, '-', '_' and '.', no digit first"
            raise InvalidValue(f"variable {name!r}", why)


def check_paths(paths: Iterable[str]) -> None:
    """Raise InvalidValue for where nothing can be mounted."""
    for path in paths:
        parts = PurePosixPath(path)
        if not path.startswith("/") or ":" in path:
            raise InvalidValue(f"path {path!r}", "is not absolute")
        if ".." in parts.parts or len(parts.parts) == 1:
            why = "is the root, or leads back up"
            raise InvalidValue(f"path {path!r}", why, "write the plain path")
