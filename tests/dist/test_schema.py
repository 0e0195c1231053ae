"""Every object of the committed tree fits the schema of its exact version, unknown fields refused."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from kubestrata.bindings import IndexedKind, read_index
from kubestrata.core.identity import group_of

ROOT = Path(__file__).resolve().parents[2]
TREE = ROOT / "imports" / "kubeapis"
OBJECTS = sorted(
    file
    for file in (ROOT / "dist").rglob("*.yaml")
    if file.name != "kustomization.yaml" and not file.name.endswith(".enc.yaml")
)

GO_REGEX = jsonschema_rs.RegexOptions()
FLAG = re.compile(r"\(\?i\)(.*?)(\$?)$")


@cache
def kinds() -> dict[tuple[str, str, str], IndexedKind]:
    return {(kind.group, kind.version, kind.kind): kind for kind in read_index(TREE)}


def strict(schema: Any) -> Any:
    """The schema as the API server's strict validation reads it."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    read = {key: strict(value) for key, value in schema.items() if key not in ("enum", "default")}
    read |= {"enum": schema["enum"]} if "enum" in schema else {}
    if schema.get("x-kubernetes-int-or-string"):
        read.pop("type", None)
    if schema.get("nullable") and isinstance(schema.get("type"), str):
        read["type"] = [schema["type"], "null"]
    if isinstance(schema.get("pattern"), str):  # the validator's meta-schema knows a flag only with its group
        read["pattern"] = FLAG.sub(r"(?i:\1)\2", schema["pattern"])
    is_open = "additionalProperties" in schema or "x-kubernetes-preserve-unknown-fields" in schema
    if isinstance(schema.get("properties"), dict) and not is_open:
        read["additionalProperties"] = False
    return read


@cache
def definitions() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for file in (TREE / "k8s" / "_schemas").glob("*.json"):
        content = json.loads(file.read_text())
        found |= content.get("definitions", content)
    return {name: strict(schema) for name, schema in found.items()}


@cache
def validator(kind: IndexedKind) -> jsonschema_rs.Draft7Validator:
    if kind.builtin:
        schema = {"$ref": f"#/definitions/{kind.definition}", "definitions": definitions()}
        return jsonschema_rs.Draft7Validator(schema, pattern_options=GO_REGEX)
    content = json.loads((TREE / kind.schema).read_text())
    schema = strict(content.get("openAPIV3Schema", content))
    schema["properties"] |= {"apiVersion": {}, "kind": {}, "metadata": {}}
    return jsonschema_rs.Draft7Validator(schema, pattern_options=GO_REGEX)


def faults(value: dict[str, Any]) -> list[str]:
    group, version = group_of(value["apiVersion"]), value["apiVersion"].rpartition("/")[2]
    found = validator(kinds()[group, version, value["kind"]]).iter_errors(value)
    return [f"{error.instance_path}: {error.message}" for error in found]


@pytest.mark.parametrize("file", OBJECTS, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_an_object_fits_its_schema(file: Path) -> None:
    assert faults(yaml.safe_load(file.read_text())) == []


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("deployment", "replicaz", 1),
        ("deployment", "replicas", "one"),
        ("helmrelease", "interval", "soon"),
        ("certificate", "secretName", None),
        ("clusterpolicy", "rulez", []),
    ],
)
def test_a_fault_in_any_kind_is_seen(kind: str, field: str, value: object) -> None:
    file = next(file for file in OBJECTS if file.stem.endswith(f"-{kind}"))
    damaged = yaml.safe_load(file.read_text())
    damaged["spec"][field] = value
    assert len(faults(damaged)) == 1
