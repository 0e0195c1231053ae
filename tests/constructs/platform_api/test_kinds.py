"""Structural schemas of the library's kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from kubeapis import k8s
from kubestrata.constructs.platform_api import (
    APP,
    EPI,
    SQL_INSTANCE,
    PlatformKind,
    structural_schema,
)
from tests.constructs.checking import faults
from tests.constructs.platform_api.composing import schema_of
from tests.small_platform import new_cluster, new_component

KINDS = (APP, EPI, SQL_INSTANCE)
# Source: the API server's rules for structural schemas.
OPEN = ("x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields")
FORBIDDEN = ("$ref", "allOf", "anyOf", "oneOf", "title", "uniqueItems", "const")


def places(schema: Mapping[str, Any], path: str = "spec") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every location of a schema that describes a value."""
    yield path, dict(schema)
    for name, part in schema.get("properties", {}).items():
        yield from places(part, f"{path}.{name}")
    for below in ("items", "additionalProperties"):
        if below in schema:
            yield from places(schema[below], f"{path}[]")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_a_schema_is_structural(kind: PlatformKind) -> None:
    problems: list[str] = []
    for path, place in places(structural_schema(kind.declaration)):
        problems += [f"{path}: {word}" for word in FORBIDDEN if word in place]
        if "type" not in place and not any(word in place for word in OPEN):
            problems.append(f"{path}: no type")
        if "properties" in place and "additionalProperties" in place:
            problems.append(f"{path}: properties and additionalProperties")
        problems += [
            f"{path}: {name} is required and unknown"
            for name in place.get("required", ())
            if name not in place["properties"]
        ]
    assert problems == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_a_definition_of_it_fits_the_api_servers_schema(kind: PlatformKind) -> None:
    component = new_component(new_cluster())
    name = f"{kind.plural}.example.com"
    k8s.CustomResourceDefinition(
        component,
        kind.plural,
        metadata=k8s.ObjectMeta(name=name),
        spec=k8s.CustomResourceDefinitionSpec(
            group="example.com",
            names=k8s.CustomResourceDefinitionNames(kind=kind.kind, plural=kind.plural),
            scope="Namespaced",
            versions=[
                k8s.CustomResourceDefinitionVersion(
                    name="v1alpha1",
                    served=True,
                    storage=True,
                    schema=k8s.CustomResourceValidation(
                        open_apiv3_schema=schema_of(kind),  # type: ignore[arg-type]  # as JSON
                    ),
                )
            ],
        ),
    )
    assert faults(component) == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_every_field_is_described_or_its_type_is(kind: PlatformKind) -> None:
    top = structural_schema(kind.declaration)
    bare = [
        name
        for name, part in top["properties"].items()
        if "description" not in part and "default" not in part
    ]
    assert top["description"]
    assert set(bare) <= {"storageClass"}
