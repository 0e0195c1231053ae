"""Every source at hand: it generates, imports, converts, and what is built renders exactly."""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubestrata.bindings import read_index
from kubestrata.core.struct import Struct
from tests.bindings.project import (
    MIRROR,
    ROOT,
    Captured,
    Project,
    charts,
    configurations,
    crd_folders,
    kubernetes_versions,
    needs_mirror,
)
from tests.bindings.proof import Tally, prove_kind, prove_struct, prove_values
from tests.bindings.round_trip import Builder
from tests.bindings.stub import broken_promises
from tests.strict_schema import definitions

COMMITTED = ROOT / "imports" / "kubeapis"
OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
# So much of all fields is written at least once; one of many alternatives needs more examples.
COVERAGE = 0.96
LESS_COVERAGE = {"external_secrets": 0.8}
KUBERNETES = "k8s"
BATCHES = 2
EXAMPLES = 3
# Kinds, as `Kind.group/version`, of which no object is valid, and why.
NO_VALUE: dict[str, str] = {}
# Charts of which no values were found, and why.
NO_VALUES: dict[str, str] = {}
# Both channels hold these versions of these kinds; the first one that is read is used.
IN_BOTH_CHANNELS = (
    "BackendTLSPolicy",
    "GRPCRoute",
    "Gateway",
    "GatewayClass",
    "HTTPRoute",
    "ListenerSet",
    "ReferenceGrant",
    "TCPRoute",
    "TLSRoute",
    "UDPRoute",
)


def converts(tree: Path) -> int:
    """Import every module, resolve every struct; how many structs there are."""
    found = 0
    for path in sorted(tree.rglob("*.py")):
        name = ".".join(path.relative_to(tree.parent).with_suffix("").parts)
        module = importlib.import_module(name.removesuffix(".__init__"))
        for each in list(vars(module).values()):
            if inspect.isclass(each) and issubclass(each, Struct) and each.__module__ == name:
                found += 1
                with suppress(msgspec.ValidationError):  # a required field; never a TypeError
                    msgspec.convert({}, each)
    return found


def agrees(tree: Path, package: str, made: list[Captured], tally: Tally | None = None) -> None:
    """Construction, rendering and validation of random objects of each kind of a package."""
    builder = Builder("" if package == KUBERNETES else KUBERNETES)
    kinds = [kind for kind in read_index(tree) if package == kind.package]
    assert kinds
    missed = {
        f"{kind.kind}.{kind.group}/{kind.version}"
        for kind in kinds
        if not prove_kind(tree, kind, made, builder, EXAMPLES, tally)
    }
    assert sorted(missed.difference(NO_VALUE)) == []
    assert builder.coverage >= LESS_COVERAGE.get(package, COVERAGE)


@pytest.mark.parametrize("package", sorted({kind.package for kind in read_index(COMMITTED)}))
def test_committed_kinds_render_the_given_fields(package: str, resources: list[Captured]) -> None:
    agrees(COMMITTED, package, resources)


@needs_mirror
@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_custom_kind_renders_the_given_fields(
    batch: int, project: Project, resources: list[Captured]
) -> None:
    """Beside Kubernetes, whose structs are part of custom kinds."""
    folders = {folder.name.replace("-", "_"): folder for folder in crd_folders()[batch::BATCHES]}
    project.add("k8s@1.36.0", *(f"{name}:={folder}" for name, folder in folders.items()))
    assert project.generate(MIRROR).problems == ()
    assert converts(project.tree) > 0
    assert broken_promises(project.tree) == []
    for name in folders:
        agrees(project.tree, name, resources)


@needs_mirror
@pytest.mark.breadth
def test_the_round_trip_of_every_custom_kind_is_reported(
    project: Project, resources: list[Captured], capsys: pytest.CaptureFixture[str]
) -> None:
    folders = {folder.name.replace("-", "_"): folder for folder in crd_folders()}
    project.add("k8s@1.36.0", *(f"{name}:={folder}" for name, folder in folders.items()))
    project.generate(MIRROR)
    tally = Tally()
    for name in folders:
        agrees(project.tree, name, resources, tally)
    with capsys.disabled():
        sys.stdout.write(f"\nround trip of every source: {tally}\n")
    assert tally.draws == tally.equal == tally.valid
    assert tally.draws > tally.kinds > 0


@needs_mirror
@pytest.mark.parametrize("version", kubernetes_versions())
def test_every_kubernetes_renders_the_given_fields(
    version: str, project: Project, resources: list[Captured]
) -> None:
    project.add(f"k8s@{version}")
    assert project.generate(MIRROR).problems == ()
    assert converts(project.tree) > 300
    assert broken_promises(project.tree) == []
    agrees(project.tree, KUBERNETES, resources)
    known = definitions(project.tree / "k8s" / "_schemas")
    meta = project.load("k8s").ObjectMeta
    root = {**known[OBJECT_META], "definitions": known}
    builder = Builder()
    assert prove_struct(meta, root, root, builder, EXAMPLES)
    assert builder.coverage == 1


@needs_mirror
@pytest.mark.parametrize("path", charts(), ids=lambda path: path.name)
def test_values_of_every_chart_render_the_given_fields(path: Path, project: Project) -> None:
    project.add(f"chart:={path}")
    assert project.generate().problems == ()
    schema = json.loads(path.read_text(encoding="utf-8"))
    builder = Builder()
    values = project.load("helm.chart").Values
    found = prove_values(values, schema, builder, EXAMPLES)
    assert found or path.name in NO_VALUES
    assert builder.coverage >= COVERAGE


def constants(schema: dict[str, Any]) -> dict[str, str]:
    """The fields of a document that have one value only."""
    values = {wire: each.get("enum", ()) for wire, each in schema["properties"].items()}
    head = ("apiVersion", "kind", "version")
    return {wire: values[wire][0] for wire in head if len(values.get(wire, ())) == 1}


@needs_mirror
@pytest.mark.parametrize("path", configurations(), ids=lambda path: path.name)
def test_every_configuration_document_renders_the_given_fields(
    path: Path, project: Project
) -> None:
    project.add(f"talos:={path}")
    report = project.generate()
    assert report.problems == ()
    root = json.loads(path.read_text(encoding="utf-8"))
    builder = Builder()
    proved: set[str] = set()
    for member in root["oneOf"]:
        pointer = member["$ref"].removeprefix("#/$defs/")
        schema = root["$defs"][pointer]
        fixed = constants(schema)
        name = f"talos.v1alpha1.{fixed.get('kind', 'Config')}"
        struct = getattr(project.load("talos.v1alpha1"), fixed.get("kind", "Config"))
        needed = {"required": [*schema.get("required", ()), *fixed]}
        assert prove_struct(struct, schema | needed, root, builder, EXAMPLES), pointer
        proved.add(name)
    assert proved == set(report.documents)
    assert builder.coverage >= COVERAGE


@needs_mirror
def test_every_source_is_read() -> None:
    assert len(crd_folders()) == 48
    assert sum(len(list(folder.rglob("*.yaml"))) for folder in crd_folders()) == 464
    assert len(charts()) == 29
    assert len(configurations()) == 2
    assert kubernetes_versions() == ["1.28.0", "1.32.0", "1.34.0", "1.35.0", "1.36.0"]


@needs_mirror
def test_only_equal_versions_of_two_channels_are_problems(project: Project) -> None:
    for channel in ("standard", "experimental"):
        project.add(f"gateway:={MIRROR / 'crds' / f'gateway-api-{channel}'}")
    problems = project.generate().problems
    assert all(" is also in " in each and each.endswith(", which is used") for each in problems)
    kinds = {each.partition(": ")[2].partition(".")[0] for each in problems}
    assert kinds == set(IN_BOTH_CHANNELS)
