"""Crossplane's definitions: the kinds that a cluster would serve."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from kubestrata.bindings import read_index
from kubestrata.core.errors import InvalidBody
from tests.bindings.project import MIRROR, Project, needs_mirror

COMPOSITION = [
    "compositionRef",
    "compositionRevisionRef",
    "compositionRevisionSelector",
    "compositionSelector",
    "compositionUpdatePolicy",
]


def xrd(api: str = "v2", *, versions: Any = None, **spec: Any) -> dict[str, Any]:
    """A CompositeResourceDefinition of a database."""
    size = {"type": "object", "required": ["size"], "properties": {"size": {"type": "integer"}}}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": size}}}
    one = {"name": "v1", "served": True, "referenceable": True, "schema": schema}
    return {
        "apiVersion": f"apiextensions.crossplane.io/{api}",
        "kind": "CompositeResourceDefinition",
        "metadata": {"name": "xdatabases.example.org"},
        "spec": {
            "group": "example.org",
            "names": {"kind": "XDatabase", "plural": "xdatabases"},
            "versions": [one] if versions is None else versions,
            **spec,
        },
    }


CLAIM = {"kind": "Database", "plural": "databases"}


def served(project: Project, kind: str) -> Mapping[str, Any]:
    """The schema that stands beside the bindings."""
    schema = json.loads(project.source(f"made/_schemas/v1/{kind}.json"))
    found: Mapping[str, Any] = schema["properties"]
    return found


def test_a_composite_is_namespaced_and_has_its_fields_below_crossplane(project: Project) -> None:
    made = project.make(xrd())
    reference = made.XDatabaseSpecCrossplaneCompositionRef(name="small")
    spec = made.XDatabaseSpec(
        size=1, crossplane=made.XDatabaseSpecCrossplane(composition_ref=reference)
    )
    assert msgspec.to_builtins(spec) == {
        "size": 1,
        "crossplane": {"compositionRef": {"name": "small"}},
    }
    assert (made.XDatabase.namespaced, made.XDatabase.api_version) == (True, "example.org/v1")
    with pytest.raises(InvalidBody, match="needs the field 'size'"):
        made.XDatabaseSpec()
    properties = served(project, "x_database")["spec"]["properties"]
    assert list(properties) == ["size", "crossplane"]
    crossplane = properties["crossplane"]["properties"]
    assert sorted(crossplane) == [*COMPOSITION, "resourceRefs"]
    assert "namespace" not in crossplane["resourceRefs"]["items"]["properties"]


def test_a_cluster_scoped_composite_composes_in_any_namespace(project: Project) -> None:
    made = project.make(xrd(scope="Cluster"))
    assert made.XDatabase.namespaced is False
    crossplane = served(project, "x_database")["spec"]["properties"]["crossplane"]["properties"]
    assert "namespace" in crossplane["resourceRefs"]["items"]["properties"]


@pytest.mark.parametrize(("api", "scope"), [("v1", {}), ("v2", {"scope": "LegacyCluster"})])
def test_a_legacy_composite_has_its_machinery_in_spec(
    project: Project, api: str, scope: Mapping[str, Any]
) -> None:
    made = project.make(xrd(api, **scope))
    assert made.XDatabase.namespaced is False
    added = {*COMPOSITION, "resourceRefs", "claimRef", "writeConnectionSecretToRef"}
    spec = served(project, "x_database")["spec"]
    assert set(spec["properties"]) == {"size", *added}
    assert spec["properties"]["writeConnectionSecretToRef"]["required"] == ["name", "namespace"]
    assert spec["required"] == ["size"]


def test_a_claim_is_generated_beside_its_composite(project: Project) -> None:
    made = project.make(xrd("v1", claimNames=CLAIM))
    assert {(each.kind, each.plural, each.namespaced) for each in read_index(project.tree)} == {
        ("XDatabase", "xdatabases", False),
        ("Database", "databases", True),
    }
    added = {*COMPOSITION, "compositeDeletePolicy", "resourceRef", "writeConnectionSecretToRef"}
    properties = served(project, "database")["spec"]["properties"]
    assert set(properties) == {"size", *added}
    assert properties["writeConnectionSecretToRef"]["required"] == ["name"]
    assert properties["compositeDeletePolicy"]["default"] == "Background"
    secret = made.DatabaseSpecWriteConnectionSecretToRef(name="a")
    spec = made.DatabaseSpec(size=1, write_connection_secret_to_ref=secret)
    assert msgspec.to_builtins(spec)["writeConnectionSecretToRef"] == {"name": "a"}


def test_defaults_of_the_definition_are_served(project: Project) -> None:
    policies = {
        "defaultCompositionUpdatePolicy": "Manual",
        "defaultCompositeDeletePolicy": "Foreground",
    }
    project.make(xrd("v1", claimNames=CLAIM, **policies))
    composite = served(project, "x_database")["spec"]["properties"]
    claim = served(project, "database")["spec"]["properties"]
    assert composite["compositionUpdatePolicy"]["default"] == "Manual"
    assert "default" not in claim["compositionUpdatePolicy"]
    assert claim["compositeDeletePolicy"]["default"] == "Foreground"


def test_the_referenceable_version_is_the_stored_one(project: Project) -> None:
    one = xrd()["spec"]["versions"][0]
    versions = [{**one, "name": "v1alpha1"}, {**one, "name": "v1", "referenceable": False}]
    made = project.make(xrd(versions=versions))
    assert made.XDatabase.api_version == "example.org/v1alpha1"


def test_only_spec_and_status_of_the_author_are_served(project: Project) -> None:
    given = {
        "type": "object",
        "required": ["extra"],
        "properties": {
            "extra": {"type": "string"},
            "metadata": {"properties": {"name": {"maxLength": 20}}},
            "spec": {
                "type": "object",
                "minProperties": 1,
                "x-kubernetes-validations": [{"rule": "1"}],
            },
            "status": {"properties": {"address": {"type": "string"}}},
        },
    }
    version = {**xrd()["spec"]["versions"][0], "schema": {"openAPIV3Schema": given}}
    made = project.make(xrd(versions=[version]))
    found = served(project, "x_database")
    assert list(found) == ["apiVersion", "kind", "metadata", "spec", "status"]
    assert found["metadata"]["properties"]["name"]["maxLength"] == 20
    assert found["spec"]["x-kubernetes-validations"] == [{"rule": "1"}]
    assert "minProperties" not in found["spec"]
    assert sorted(found["status"]["properties"]) == ["address", "conditions", "crossplane"]
    assert "status" not in made.XDatabase.__init__.__annotations__


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (xrd(scope="Everywhere"), "spec.scope is 'Everywhere'"),
        (xrd(scope=[]), "spec.scope is '[]'"),
        (xrd(claimNames=CLAIM), "spec.claimNames needs the scope LegacyCluster"),
        (xrd("v1", claimNames=xrd()["spec"]["names"]), "spec.claimNames.kind is the one of"),
        (xrd("v1", claimNames=[]), "spec.names is missing"),
        (xrd(versions=[]), "spec.versions is not a list with entries"),
        (xrd(versions=[{"name": "v1"}]), "schema of a version is missing"),
        (xrd(names=None), "spec.names is missing"),
        ({**xrd(), "spec": 1}, "spec is missing"),
    ],
)
def test_a_definition_that_crossplane_refuses_is_a_problem(
    project: Project, definition: dict[str, Any], expected: str
) -> None:
    project.write("a.yaml", definition, xrd(names={"kind": "Good", "plural": "goods"}))
    report = project.generate()
    assert report.kinds == ("example_org.v1.Good",)
    assert report.problems[0].startswith("a.yaml:1: not a usable CompositeResourceDefinition: ")
    assert expected in report.problems[0]


@needs_mirror
def test_the_kind_of_definitions_is_an_ordinary_kind(project: Project) -> None:
    name = "apiextensions.crossplane.io_compositeresourcedefinitions.yaml"
    project.add(f"crossplane:={MIRROR / 'crds' / 'crossplane' / name}")
    assert project.generate().problems == ()
    made = project.load("crossplane")
    assert made.CompositeResourceDefinition.namespaced is False
    assert made.v2.CompositeResourceDefinition.api_version.endswith("/v2")
