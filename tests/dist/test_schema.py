"""Every committed object fits the schema of its exact version, unknown fields refused."""

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
from tests.strict_schema import validator

ROOT = Path(__file__).resolve().parents[2]
TREE = ROOT / "imports" / "kubeapis"
PLACEHOLDER = re.compile(r"(?<!\$)\$\{\w+\}")


# Of the machine configuration of Talos: not objects, and applied by nothing.
PATCHES = sorted(
    file for file in (ROOT / "dist").glob("*/talos/*.yaml") if "schematic" not in file.stem
)
# Nor are the phases of a bootstrap: helmfiles, values, and copies of objects; nor tests.
NO_OBJECTS = frozenset(
    file
    for folder in ("talos", "bootstrap", "tests")
    for each in (ROOT / "dist").glob(f"*/{folder}")
    for file in each.rglob("*.yaml")
)
# Bindings of the machine configuration, by cluster.
TALOS = {
    "apps": "talos_1_11",
    "goingdark": "talos_1_11",
    "infra": "talos_1_11",
    "talos": "talos_1_9",
}


CLUSTERS = sorted(folder.name for folder in (ROOT / "dist").iterdir() if folder.is_dir())
# Versions of older operators, with that of the bindings whose fields they have too.
SERVED_BEFORE = {("kafka.strimzi.io", "v1beta2"): "v1"}


@cache
def load(file: Path) -> dict[str, Any]:
    """Return an object as it is applied, with plain words for placeholders."""
    text = PLACEHOLDER.sub("sample", file.read_text())
    value: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return value


@cache
def defined(folder: Path) -> set[tuple[str, str]]:
    """Return group and kind of the CRDs in a tree: rule V08 checks these."""
    found = [load(file)["spec"] for file in folder.rglob("*-compositeresourcedefinition.yaml")]
    return {(spec["group"], spec["names"]["kind"]) for spec in found}


def objects(folder: Path) -> list[Path]:
    """Return the files with objects that have a schema, sorted."""
    own = defined(ROOT / "dist")
    return sorted(
        file
        for file in folder.rglob("*.yaml")
        if file not in NO_OBJECTS
        and file.name != "kustomization.yaml"
        and not file.name.endswith(".enc.yaml")
        and (group_of(load(file)["apiVersion"]), load(file)["kind"]) not in own
    )


@cache
def kinds() -> dict[tuple[str, str, str], IndexedKind]:
    return {(kind.group, kind.version, kind.kind): kind for kind in read_index(TREE)}


@cache
def validator_of(kind: IndexedKind) -> jsonschema_rs.Draft7Validator:
    return validator(TREE, kind)


def faults(value: dict[str, Any]) -> list[str]:
    group, version = group_of(value["apiVersion"]), value["apiVersion"].rpartition("/")[2]
    version = SERVED_BEFORE.get((group, version), version)
    found = validator_of(kinds()[group, version, value["kind"]]).iter_errors(value)
    return [f"{error.instance_path}: {error.message}" for error in found]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_every_object_fits_its_schema(cluster: str) -> None:
    found = {file: faults(load(file)) for file in objects(ROOT / "dist" / cluster)}
    assert len(found) > 40
    assert {file: each for file, each in found.items() if each} == {}


def talos_schema(file: Path) -> dict[str, Any]:
    """Return the schema of the Talos version that a cluster runs."""
    package = TALOS.get(file.parts[-3], "talos")
    found: dict[str, Any] = json.loads((TREE / package / "_schemas" / "documents.json").read_text())
    return found


@pytest.mark.parametrize("file", PATCHES, ids=lambda file: str(file.relative_to(ROOT / "dist")))
def test_a_machine_configuration_fits_the_schema_of_talos(file: Path) -> None:
    documents = talos_schema(file)
    for each in yaml.safe_load_all(file.read_text()):
        definitions = [
            name
            for name, one in documents["$defs"].items()
            if "kind" in each and one["properties"].get("kind", {}).get("enum") == [each["kind"]]
        ]
        (name,) = definitions or ["v1alpha1.Config"]
        schema = {"$defs": documents["$defs"], "$ref": f"#/$defs/{name}"}
        config = jsonschema_rs.Draft202012Validator(schema)
        assert [error.message for error in config.iter_errors(each)] == []
        assert not config.is_valid({**each, "clusters": {}})


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
    file = next((ROOT / "dist").rglob(f"*-{kind}.yaml"))
    damaged = yaml.safe_load(file.read_text())
    damaged["spec"][field] = value
    assert len(faults(damaged)) == 1
