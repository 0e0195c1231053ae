"""Runtime settings of Crossplane packages, and the credentials of the providers of AWS."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Quantity
from kubestrata.constructs.cloud import AwsPodIdentityCredentials, PackageRuntime, ProviderConfig
from kubestrata.core.errors import KubestrataError
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import new_cluster, new_component


def test_runtime_minimal(manifests: SnapshotAssertion) -> None:
    component = new_component(new_cluster())
    PackageRuntime(component, "default", labels={"app": "packages"})
    assert rendered(component) == manifests
    assert faults(component) == []


def test_runtime_and_credentials_full(manifests: SnapshotAssertion) -> None:
    component = new_component(new_cluster())
    PackageRuntime(
        component,
        "provider-aws",
        labels={"app": "provider-aws"},
        service_account="provider-aws",
        user=3000,
        cpu=Quantity("50m"),
        memory=Quantity("256Mi"),
        memory_limit=Quantity("1Gi"),
    )
    AwsPodIdentityCredentials(component, "default")
    assert rendered(component) == manifests
    assert faults(component) == []


def test_credentials_are_provided_to_managed_resources() -> None:
    component = new_component(new_cluster())
    made = AwsPodIdentityCredentials(component, "default").provider_config
    component.cluster.offer(made)
    assert component.cluster.ask(ProviderConfig).ref.object_name == "default"
    assert [each["metadata"]["name"] for each in objects(component, "ClusterProviderConfig")] == [
        "default"
    ]


def test_a_quantity_that_is_none_is_refused() -> None:
    with pytest.raises(KubestrataError, match="much"):
        PackageRuntime(new_component(new_cluster()), "a", labels={}, memory_limit=Quantity("much"))
