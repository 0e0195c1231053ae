"""EPI: claim, schema and composition are equivalent to the native construct."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings

from kubestrata.constructs.cloud import PodIdentity, PodIdentitySpec, ServiceAccountName, Statement
from kubestrata.constructs.platform_api import EPI, PlatformApi
from tests.constructs.cloud.aws import READ, aws_cluster, crossplane_system
from tests.constructs.judging import objects
from tests.constructs.platform_api.composing import composed, native
from tests.constructs.platform_api.declarations import declarations
from tests.small_platform import new_component

ENVIRONMENT = {
    "clusterName": "home",
    "namePrefix": "xplane-",
    "partition": "aws",
    "providerConfig": "default",
    "region": "eu-west-3",
}
FULL = PodIdentitySpec(
    service_account=ServiceAccountName(name="reports", namespace="elsewhere"),
    statements=[
        READ,
        Statement(
            actions=["ec2:CreateTags"],
            resources=["*"],
            any_resource_because="instances are not known",
            conditions={
                "StringEquals": {"ec2:CreateAction": ["RunInstances"], "aws:a": ["b", "c"]}
            },
        ),
        Statement(effect="Deny", actions=["ec2:DeleteVpc"], resources=["*"]),
    ],
)
MINIMAL = PodIdentitySpec(
    service_account=ServiceAccountName(name="reports", namespace="web"), statements=[READ]
)


def claim_of(spec: PodIdentitySpec) -> dict[str, Any]:
    cluster = aws_cluster()
    cluster.offer(PlatformApi("cloud.example.com", [EPI]))
    component = new_component(cluster)
    PodIdentity(
        component, "reports", service_account=spec.service_account, statements=spec.statements
    )
    (claim,) = objects(component, "EPI")
    return claim


def native_of(spec: PodIdentitySpec) -> list[dict[str, Any]]:
    cluster = aws_cluster()
    crossplane_system(cluster)
    component = new_component(cluster)
    PodIdentity(
        component, "reports", service_account=spec.service_account, statements=spec.statements
    )
    return native(component)


@pytest.mark.parametrize("spec", [MINIMAL, FULL], ids=["minimal", "full"])
def test_the_composition_equals_the_construct(spec: PodIdentitySpec) -> None:
    assert composed(EPI, claim_of(spec), ENVIRONMENT) == native_of(spec)


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(declarations(PodIdentitySpec))
def test_any_identity_is_composed_as_the_construct_makes_it(spec: object) -> None:
    found = cast("PodIdentitySpec", spec)
    assert composed(EPI, claim_of(found), ENVIRONMENT) == native_of(found)
