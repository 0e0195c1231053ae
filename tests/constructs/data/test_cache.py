"""Valkey and Dragonfly."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from kubeapis import dragonfly, fluxcd
from kubestrata import Component, Duration, Quantity
from kubestrata.constructs.data import Dragonfly, DragonflySpec, Valkey, ValkeySpec
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.scaling import Availability, PodResources
from kubestrata.constructs.secret import SecretKey
from kubestrata.constructs.traffic import ClusterIpService, GlobalService, ServicePort
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.patch import TypedPatch
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.data.world import secret, world
from tests.small_platform import chart, new_component


def password(component: Component) -> SecretKey:
    return secret(component, "cache", "password").key("password")


def test_valkey_minimal(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    Valkey(shop, "cache", chart=chart("valkey"), password=password(shop))
    assert rendered(shop) == manifests
    assert faults(shop) == []


def test_valkey_full(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    spec = ValkeySpec(
        replicas=2,
        memory=Quantity("512Mi"),
        storage=Quantity("8Gi"),
        storage_class="fast",
        monitoring=False,
    )
    Valkey(shop, "cache", chart=chart("valkey"), password=password(shop), spec=spec)
    assert rendered(shop) == manifests
    assert faults(shop) == []


def test_dragonfly_minimal(manifests: SnapshotAssertion) -> None:
    shop, operators = world()
    Dragonfly(shop, "cache", password=password(shop))
    assert rendered(shop) == manifests
    assert faults(shop) == []
    assert faults(operators) == []


def test_dragonfly_full(manifests: SnapshotAssertion) -> None:
    shop, operators = world()
    spec = DragonflySpec(
        replicas=3,
        resources=PodResources.of("500m", "1Gi", "2", "2Gi"),
        max_memory=Quantity("1536Mi"),
        cache=True,
        storage=Quantity("10Gi"),
        storage_class="fast",
        flags={"cluster_mode": "emulated"},
        user=10001,
        availability=Availability(min_available=2, spread_zones=False, anti_affinity="preferred"),
        priority="databases",
        monitoring=False,
    )
    Dragonfly(shop, "cache", password=password(shop), spec=spec)
    assert rendered(shop) == manifests
    assert faults(shop) == []
    assert faults(operators) == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"flags": {"admin_port": "6380"}}, "'admin_port' is set by the operator"),
        ({"flags": {"requirepass": "x"}}, "'requirepass' is set by the operator"),
        ({"flags": {"--dbfilename": "dump"}}, "'--dbfilename' has dashes"),
        ({"flags": {"maxmemory": "1"}}, "'maxmemory' is a field"),
        ({"max_memory": Quantity("512Mi")}, "is '512Mi', and the limit of the pod '512Mi'"),
    ],
)
def test_settings_of_the_operator_are_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        DragonflySpec(**fields)


def test_the_primary_follows_its_label() -> None:
    shop, _ = world()
    cache = Dragonfly(shop, "cache", password=password(shop))
    service = ClusterIpService(
        shop, "cache-global", pods=cache.primary, ports=[ServicePort(6379)], mesh=GlobalService()
    )
    assert service.resource.body["spec"]["selector"] == {
        "app": "cache",
        "app.kubernetes.io/name": "dragonfly",
        "role": "master",
    }


def test_one_dragonfly_without_storage_keeps_nothing() -> None:
    shop, _ = world()
    Dragonfly(shop, "cache", password=password(shop), spec=DragonflySpec(replicas=1, storage=None))
    (made,) = objects(shop, "Dragonfly")
    assert "snapshot" not in made["spec"]
    assert objects(shop, "PodDisruptionBudget") == []
    assert faults(shop) == []


def test_a_cache_has_a_service_and_credentials() -> None:
    shop, _ = world()
    valkey = Valkey(shop, "valkey", chart=chart("valkey"), password=password(shop))
    flies = Dragonfly(shop, "dragonfly", password=password(shop))
    assert valkey.service.host == "valkey-primary.shop.svc.cluster.local"
    assert flies.service.host == "dragonfly.shop.svc.cluster.local"
    assert valkey.credentials == flies.credentials == password(shop).secret
    assert valkey.endpoint.ports == (NetworkPort(6379),)
    assert flies.endpoint.ready == flies.resource.ref


def test_a_cache_without_storage_has_no_volume() -> None:
    shop, _ = world()
    spec = ValkeySpec(storage=None)
    Valkey(shop, "cache", chart=chart("valkey"), password=password(shop), spec=spec)
    (made,) = objects(shop, "HelmRelease")
    assert made["spec"]["values"]["primary"]["persistence"] == {"enabled": False}


def test_settings_without_a_field_can_be_patched() -> None:
    shop, _ = world()
    on_fast = TypedPatch(
        dragonfly.DragonflySpec,
        lambda spec: msgspec.structs.replace(spec, node_selector={"disk": "fast"}),
    )
    slowly = TypedPatch(
        fluxcd.HelmReleaseSpec,
        lambda spec: msgspec.structs.replace(spec, interval=Duration("6h")),
    )
    Dragonfly(shop, "dragonfly", password=password(shop), patches=[on_fast])
    Valkey(shop, "valkey", chart=chart("valkey"), password=password(shop), patches=[slowly])
    assert objects(shop, "Dragonfly")[0]["spec"]["nodeSelector"] == {"disk": "fast"}
    assert objects(shop, "HelmRelease")[0]["spec"]["interval"] == "6h"


def test_a_password_of_another_namespace_is_refused() -> None:
    shop, _ = world()
    other = password(new_component(shop.cluster, "other"))
    with pytest.raises(InvalidReference, match="copy it to 'shop'"):
        Valkey(shop, "valkey", chart=chart("valkey"), password=other)
    with pytest.raises(InvalidReference, match="copy it to 'shop'"):
        Dragonfly(shop, "dragonfly", password=other)
