"""Definitions, compositions and claims of a platform's API, and their order."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Cluster, Component, Image
from kubestrata.constructs.cloud import (
    AwsEnvironment,
    CrossplaneFunction,
    PodIdentity,
    PodIdentitySpec,
    ServiceAccountName,
)
from kubestrata.constructs.platform_api import (
    EPI,
    CompositionFunctions,
    PlatformApi,
    PlatformDefinition,
    PlatformKind,
)
from kubestrata.core.errors import DuplicateObject, InvalidValue
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.cloud.aws import READ, aws_cluster, crossplane_system
from tests.small_platform import new_component, order

API = PlatformApi("cloud.example.com", [EPI])
PODS = ServiceAccountName(name="reports", namespace="web")


def functions(component: Component) -> CompositionFunctions:
    made = [
        CrossplaneFunction(component, name, package=Image(f"xpkg.crossplane.io/{name}:v0.5.0"))
        for name in ("function-environment-configs", "function-kcl", "function-auto-ready")
    ]
    return CompositionFunctions(*(each.resource.ref for each in made))


def defined(cluster: Cluster) -> Component:
    providers = crossplane_system(cluster)
    run = functions(providers)
    component = new_component(cluster, "configuration", layer="infrastructure")
    environment = AwsEnvironment(component, "eks").resource.ref
    PlatformDefinition(component, "epi", api=API, kind=EPI, environment=environment, functions=run)
    return component


def test_a_definition_is_rendered_from_the_declaration(manifests: SnapshotAssertion) -> None:
    component = defined(aws_cluster())
    assert rendered(component) == manifests


def test_the_definition_is_valid() -> None:
    assert faults(defined(aws_cluster())) == []


def test_the_programs_text_is_in_the_composition() -> None:
    (composition,) = objects(defined(aws_cluster()), "Composition")
    steps = {step["step"]: step for step in composition["spec"]["pipeline"]}
    assert list(steps) == ["environment", "objects", "readiness"]
    assert steps["objects"]["input"]["spec"]["source"] == EPI.composition.read_text()


def test_claims_wait_for_the_definition_and_it_for_functions_and_credentials() -> None:
    cluster = aws_cluster()
    cluster.offer(API)
    defined(cluster)
    web = new_component(cluster)
    PodIdentity(web, "reports", service_account=PODS, statements=[READ])
    assert order(cluster) == {
        "configuration": ["crossplane"],
        "crossplane": [],
        "web": ["configuration"],
    }


def test_one_declaration_is_one_kind() -> None:
    again = PlatformKind("Identity", "identities", PodIdentitySpec, EPI.composition)
    with pytest.raises(DuplicateObject, match="PodIdentitySpec is already declared by another"):
        PlatformApi("cloud.example.com", [EPI, again])


def test_a_declaration_without_a_kind_cannot_be_claimed() -> None:
    component = new_component(aws_cluster())
    with pytest.raises(InvalidValue, match=r"is not a kind of cloud\.example\.com, which has none"):
        PlatformApi("cloud.example.com", []).claim(component, "a", PODS)


def test_a_kind_without_a_program_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"has no program nothing\.k"):
        PlatformKind("EPI", "epis", PodIdentitySpec, Path("nothing.k"))
