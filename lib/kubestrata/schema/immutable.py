"""Fields of custom resources whose definition says that they never change (`self == oldSelf`).

Other transition rules are not read, nor those inside lists and maps, whose items move.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kubestrata.core.field_change import join_path
from kubestrata.core.json_value import is_mapping, mapping, sequence

_EQUAL = re.compile(r"\s*(?:self\s*==\s*oldSelf|oldSelf\s*==\s*self)\s*")


def immutable_fields(schema: dict[str, Any]) -> dict[str, str]:
    """Return the paths of the fields, each with the message of its rule."""
    return dict(_fields(schema, ""))


def _fields(schema: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    for rule in sequence(schema.get("x-kubernetes-validations")):
        if path and _EQUAL.fullmatch(str(mapping(rule).get("rule", ""))):
            yield path, str(mapping(rule).get("message") or "the field is immutable")
    for name, each in mapping(schema.get("properties")).items():
        if is_mapping(each):
            yield from _fields(each, join_path(path, name))
