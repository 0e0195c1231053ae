"""The schemas of values without what they refer to elsewhere.

Helm fetches other documents that a values.schema.json refers to, over the network or from the
machine's files. A check does neither: what such a reference describes may be anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urldefrag, urljoin

from kubestrata.core.json_value import is_list, is_mapping

SCHEMA = "values.schema.json"
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_DIALECT = "$schema"
_DIALECTS = "json-schema.org/"


def with_local_schemas(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of a chart; schemas refer to nothing outside of themselves.

    A schema that is not JSON stays as it is, for Helm to refuse.
    """
    return {
        path: _local(data) if path.rpartition("/")[2] == SCHEMA and b"$" in data else data
        for path, data in files.items()
    }


def _local(data: bytes) -> bytes:
    try:
        schema: object = json.loads(data)
        known = {address for each in _mappings(schema) for address in _address(each)}
        made = _without(schema, "", known)
        return data if made == schema else json.dumps(made).encode()
    except (ValueError, RecursionError):
        return data


def _mappings(value: object) -> Iterator[Mapping[str, Any]]:
    if is_mapping(value):
        yield value
        for each in value.values():
            yield from _mappings(each)
    elif is_list(value):
        for each in value:
            yield from _mappings(each)


def _address(schema: Mapping[str, Any]) -> Iterator[str]:
    named = schema.get("$id")
    if isinstance(named, str):
        yield urldefrag(named)[0]


def _without(value: Any, base: str, known: set[str]) -> Any:
    """Return a schema without references to documents whose addresses are not `known`."""
    if is_list(value):
        return [_without(each, base, known) for each in value]
    if not is_mapping(value):
        return value
    for address in _address(value):
        base = urljoin(base, address)
    return {
        key: _without(each, base, known)
        for key, each in value.items()
        if not _leads_out(key, each, base, known)
    }


def _leads_out(key: str, value: object, base: str, known: set[str]) -> bool:
    if not isinstance(value, str):
        return False
    if key == _DIALECT:
        return _DIALECTS not in value
    document = urldefrag(value)[0]
    return key in _REFERENCES and bool(document) and not {document, urljoin(base, document)} & known
