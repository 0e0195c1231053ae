"""JSON schemas among the sources: of values of charts, and of configuration documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubestrata.bindings.source.chart import DEFAULTS_FILE, VALUES_FILE, SourceChart
from kubestrata.bindings.source.document import SourceProblem, read_documents
from kubestrata.bindings.source.known_keys import known_keys
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_mapping


class JsonSchema(Frozen):
    """A JSON schema and where it came from."""

    source: str
    schema: Mapping[str, Any]


def read_schema(address: str, text: str) -> dict[str, Any]:
    """Return a JSON schema; raise ImportSourceError if the text is not one."""
    for found in read_documents(text, strict=True):
        if isinstance(found, SourceProblem):
            raise ImportSourceError(f"{address}:{found.line}", "cannot be read", found.reason)
        if is_mapping(found.content):
            return found.content
    raise ImportSourceError(address, "nothing to import", "it holds no JSON schema")


def values_schema(address: str, chart: SourceChart) -> dict[str, Any] | None:
    """Return the schema that validates the values of a chart: its own, else from its values.yaml.

    None if the chart has neither. Raises ImportSourceError.
    """
    if chart.values is not None:
        return read_schema(f"{address}/{VALUES_FILE}", chart.values)
    if chart.defaults is not None:
        return known_keys(f"{address}/{DEFAULTS_FILE}", chart.defaults, chart.foreign)
    return None
