"""The keys of a chart's values.yaml as a schema, for charts without one.

values.yaml has keys and examples but no types: an empty mapping, a list or a null allows any value,
a scalar any scalar. So do values that charts pass on to Kubernetes unchanged: resources, labels,
probes. Comments are not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kubestrata.bindings.source.address import ARCHIVES
from kubestrata.bindings.source.document import SourceDocument, read_documents
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.json_value import is_list, is_mapping, mapping, sequence

DERIVED = "x-kubestrata-derived"
"""Marks a schema that was made of examples: what it does not know may be right."""
MAX_KEYS = 20_000
_MERGE = "<<"
_SHARED = ("global", "tags")
_HANDED_ON = frozenset(
    {
        "affinity",
        "containersecuritycontext",
        "limits",
        "livenessprobe",
        "nodeselector",
        "podsecuritycontext",
        "readinessprobe",
        "requests",
        "resources",
        "securitycontext",
        "startupprobe",
        "strategy",
        "updatestrategy",
    }
)
_HANDED_ON_ENDS = ("annotations", "labels")
_ANYTHING: dict[str, Any] = {}
_SCALAR = ["boolean", "number", "string", "null"]


def foreign_keys(chart_file: Mapping[str, Any], folders: Iterable[str]) -> frozenset[str]:
    """Return the top-level keys that belong to sub-charts, whether or not values.yaml has them."""
    listed = [mapping(each) for each in sequence(chart_file.get("dependencies"))]
    names = {str(each.get("alias") or each.get("name")) for each in listed}
    names |= {folder for folder in folders if not folder.endswith(ARCHIVES)}
    return frozenset({*_SHARED, *names}) if names else frozenset()


def known_keys(where: str, text: str, foreign: frozenset[str]) -> dict[str, Any] | None:
    """Return the schema of a values.yaml, None if it has no keys.

    Raises ImportSourceError if it is not a YAML mapping, or has too many keys.
    """
    found = next(iter(read_documents(text)), None)
    if found is None:
        return None
    if not isinstance(found, SourceDocument):
        raise ImportSourceError(f"{where}:{found.line}", "cannot be read", found.reason)
    if found.content is None:
        return None
    if not is_mapping(found.content):
        raise ImportSourceError(where, "cannot be read", "is not a mapping")
    schema = _Keys(where).of(found.content)
    if not schema:
        return None
    properties: dict[str, Any] = dict(schema["properties"])
    for name in sorted(foreign):
        properties[name] = _ANYTHING
    return {DERIVED: True, **schema, "properties": properties}


class _Keys:
    """Counts the keys that it meets, aliases written out."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._count = 0

    def of(self, value: object) -> dict[str, Any]:
        if is_mapping(value):
            entries = _merged(value)
            self._count += len(entries)
            if self._count > MAX_KEYS:
                why = f"has more than {MAX_KEYS} keys"
                raise ImportSourceError(self._where, "cannot be read", why)
            known = {
                str(key): _ANYTHING if _is_handed_on(str(key)) else self.of(each)
                for key, each in entries.items()
            }
            return {"type": "object", "properties": known} if known else {}
        return {} if value is None or is_list(value) else {"type": _SCALAR}


def _is_handed_on(key: str) -> bool:
    plain = key.lower()
    return plain in _HANDED_ON or plain.endswith(_HANDED_ON_ENDS)


def _merged(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the entries of a mapping and of those that it merges."""
    if _MERGE not in value:
        return value
    given: object = value[_MERGE]
    parts = given if is_list(given) else [given]
    merged: dict[str, Any] = {}
    for part in reversed(parts):
        merged |= _merged(mapping(part))
    return merged | {key: each for key, each in value.items() if key != _MERGE}
