"""The values of Helm charts, judged by the schemas that the bindings store."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema_rs

from kubestrata.core.json_value import is_mapping
from kubestrata.schema.fault import Fault
from kubestrata.schema.message import faults_of

_CHART = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_NEWER = ("2020-12", "2019-09")
Validator: TypeAlias = jsonschema_rs.Draft7Validator | jsonschema_rs.Draft202012Validator


@cache
def _schema(folder: Path, chart: str) -> tuple[dict[str, Any], Validator] | None:
    if not _CHART.fullmatch(chart):
        return None
    path = folder / "helm" / "_schemas" / f"{chart.replace('-', '_').replace('.', '_')}.json"
    if not path.exists():
        return None
    schema: object = json.loads(path.read_text(encoding="utf-8"))
    if not is_mapping(schema):
        return None
    newer = any(draft in str(schema.get("$schema")) for draft in _NEWER)
    draft = jsonschema_rs.Draft202012Validator if newer else jsonschema_rs.Draft7Validator
    return schema, draft(schema, pattern_options=jsonschema_rs.RegexOptions())


def values_faults(folder: Path, chart: str, values: dict[str, Any]) -> Iterator[Fault]:
    """What in the values of a release does not fit; nothing if the chart has no schema here.

    Helm fills in the chart's defaults before it judges: what a mapping lacks may be there then,
    what an item of a list lacks will not.
    """
    known = _schema(folder, chart)
    if known is None:
        return
    try:
        errors = list(known[1].iter_errors(values))
    except (ValueError, TypeError) as failure:
        yield Fault("", f"cannot be read as JSON: {failure}")
        return
    for error in errors:
        lacks = isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required)
        if not lacks or any(isinstance(step, int) for step in error.instance_path):
            yield from faults_of(error, known[0])
