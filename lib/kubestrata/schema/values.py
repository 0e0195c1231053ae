"""Validation of Helm values with the schemas in the bindings or in a folder of charts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema_rs

from kubestrata.bindings import DERIVED, expanded
from kubestrata.core.json_value import is_mapping, mapping
from kubestrata.schema.fault import Fault, dotted
from kubestrata.schema.message import Wording, faults_of

_CHART = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_NEWER = ("2020-12", "2019-09")
Validator: TypeAlias = jsonschema_rs.Draft7Validator | jsonschema_rs.Draft202012Validator


def _anything(_address: str) -> dict[str, Any]:
    """Return the empty schema for a reference to another document: nothing is fetched."""
    return {}


class ValuesSchema:
    """Validates the values of releases of one chart.

    Of a chart without a schema only the keys of its values.yaml are known.
    """

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema
        self._is_derived = schema.get(DERIVED) is True

    @cached_property
    def _validator(self) -> Validator:
        newer = any(draft in str(self._schema.get("$schema")) for draft in _NEWER)
        draft = jsonschema_rs.Draft202012Validator if newer else jsonschema_rs.Draft7Validator
        options = jsonschema_rs.RegexOptions()
        return draft(self._schema, pattern_options=options, retriever=_anything)

    def faults(self, values: dict[str, Any], *, substituted: bool = False) -> Iterator[Fault]:
        """Yield the values that do not fit the chart's own schema.

        Helm fills in the chart's defaults before it validates: a field missing in a mapping may
        come from them, one missing in a list item does not.
        """
        if self._is_derived:
            return
        try:
            errors = list(self._validator.iter_errors(values))
        except (ValueError, TypeError) as failure:
            yield Fault("", f"cannot be checked: {str(failure).partition(chr(10))[0]}")
            return
        for error in errors:
            lacks = isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required)
            if not lacks or any(isinstance(step, int) for step in error.instance_path):
                yield from faults_of(error, self._schema, Wording(substituted=substituted))

    def unknown_keys(self, values: dict[str, Any]) -> Iterator[Fault]:
        """Yield the keys that are not in the values.yaml of a chart without a schema."""
        if self._is_derived:
            yield from _unknown(self._schema, values, ())


def _unknown(
    schema: Mapping[str, Any], values: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[Fault]:
    known = mapping(schema.get("properties"))
    for name, value in values.items():
        here = (*path, name)
        if name in known:
            if known[name].get("properties") and is_mapping(value):
                yield from _unknown(known[name], value, here)
            continue
        near = get_close_matches(name, known, n=1, cutoff=0.7)
        fix = f"write {near[0]}" if near else ""
        yield Fault(dotted(here), "is not a key of the chart's values.yaml", fix)


@cache
def stored_values(folder: Path, chart: str) -> ValuesSchema | None:
    """Return the schema of a chart's values in the bindings, None if it is not among them."""
    if not _CHART.fullmatch(chart):
        return None
    path = folder / "helm" / "_schemas" / f"{chart.replace('-', '_').replace('.', '_')}.json"
    if not path.exists():
        return None
    schema: object = json.loads(path.read_text(encoding="utf-8"))
    if not is_mapping(schema):
        return None
    return ValuesSchema(expanded(schema) if schema.get(DERIVED) is True else schema)
