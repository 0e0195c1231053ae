"""EPI: claim, schema and composition are equivalent to the native construct."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings

from kubestrata import Component
from kubestrata.constructs.cloud import (
    AttachedPolicy,
    EksCluster,
    PodIdentity,
    PodIdentitySpec,
    ProviderConfigName,
    ServiceAccountName,
    Statement,
)
from kubestrata.constructs.platform_api import EPI, PlatformApi
from kubestrata.core.errors import InvalidValue
from tests.constructs.checking import kind_schema, objects
from tests.constructs.cloud.aws import READ, aws_cluster, crossplane_system
from tests.constructs.platform_api.composing import composed, native, schema_of
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
    clusters=[
        EksCluster(name="home", region="eu-west-3"),
        EksCluster(name="Far_Away", region="us-east-1"),
    ],
    additional_policies=[
        AttachedPolicy(name="read-only", arn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    ],
    management_policies=["Observe", "Create", "Update"],
    provider_config=ProviderConfigName(kind="ProviderConfig", name="reports"),
)
MINIMAL = PodIdentitySpec(
    service_account=ServiceAccountName(name="reports", namespace="web"), statements=[READ]
)


def identify(component: Component, spec: PodIdentitySpec) -> None:
    PodIdentity(
        component,
        "reports",
        service_account=spec.service_account,
        statements=spec.statements,
        clusters=spec.clusters,
        additional_policies=spec.additional_policies,
        management_policies=spec.management_policies,
        provider_config=spec.provider_config,
    )


def claim_of(spec: PodIdentitySpec) -> dict[str, Any]:
    cluster = aws_cluster()
    cluster.offer(PlatformApi("cloud.example.com", [EPI]))
    component = new_component(cluster)
    identify(component, spec)
    (claim,) = objects(component, "EPI")
    return kind_schema(schema_of(EPI)).filled(claim)


def native_of(spec: PodIdentitySpec) -> list[dict[str, Any]]:
    cluster = aws_cluster()
    crossplane_system(cluster)
    component = new_component(cluster)
    identify(component, spec)
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


def test_the_prefix_of_names_is_added_once() -> None:
    plain = claim_of(MINIMAL)
    prefixed = {**plain, "metadata": {**plain["metadata"], "name": "xplane-reports"}}
    assert composed(EPI, prefixed, ENVIRONMENT) == composed(EPI, plain, ENVIRONMENT)


def test_each_cluster_has_an_association_of_its_own_name() -> None:
    found = [
        (item["metadata"]["name"], item["spec"]["forProvider"]["clusterName"])
        for item in composed(EPI, claim_of(FULL), ENVIRONMENT)
        if item["kind"] == "PodIdentityAssociation"
    ]
    assert found == [
        ("xplane-reports-far-away-us-east-1", "Far_Away"),
        ("xplane-reports-home-eu-west-3", "home"),
    ]


def test_clusters_whose_associations_would_collide_are_refused() -> None:
    same = [EksCluster(name="a_b", region="us-east-1"), EksCluster(name="A-b", region="us-east-1")]
    with pytest.raises(InvalidValue, match=r"clusters: has two entries .* 'a-b-us-east-1'"):
        PodIdentitySpec(service_account=MINIMAL.service_account, statements=[READ], clusters=same)
