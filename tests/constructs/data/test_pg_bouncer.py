"""Pools of connections under their own names."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata.constructs.data import PgBouncer, PgBouncerSpec, Postgres
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.scaling import Availability, PodResources
from kubestrata.constructs.traffic import ClusterMesh, GlobalService, MeshMember
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.yaml_text import dump_all
from tests.constructs.checking import faults, objects
from tests.constructs.data.world import world
from tests.small_platform import new_component


def test_minimal(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    PgBouncer(shop, "shop-pooler", database=Postgres(shop, "orders"))
    assert dump_all(objects(shop, "Pooler")) == manifests
    assert faults(shop) == []


def test_full(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    spec = PgBouncerSpec(
        instances=3,
        type="ro",
        mode="session",
        max_client_connections=200,
        pool_size=15,
        min_pool_size=5,
        reserve_pool_size=3,
        parameters={"server_idle_timeout": "600"},
        resources=PodResources.of("100m", "128Mi", "500m", "256Mi"),
        availability=Availability(anti_affinity="preferred", spread_zones=False),
    )
    PgBouncer(
        shop, "shop-pooler", database=Postgres(shop, "orders"), spec=spec, mesh=GlobalService()
    )
    assert dump_all(objects(shop, "Pooler")) == manifests
    assert faults(shop) == []


def test_the_service_has_the_name_of_the_pool() -> None:
    shop, _ = world()
    pool = PgBouncer(shop, "shop-pooler", database=Postgres(shop, "orders"))
    assert pool.service.host == "shop-pooler.shop.svc.cluster.local"
    assert pool.endpoint.ports == (NetworkPort(5432),)
    assert pool.endpoint.pods.labels == {"cnpg.io/poolerName": "shop-pooler"}


def test_pools_of_one_database_have_a_budget_each() -> None:
    shop, _ = world()
    database = Postgres(shop, "orders")
    for name in ("shop", "blog"):
        PgBouncer(shop, f"{name}-pooler", database=database)
    PgBouncer(shop, "one-pooler", database=database, spec=PgBouncerSpec(instances=1))
    names = [each["metadata"]["name"] for each in objects(shop, "PodDisruptionBudget")]
    assert names == ["blog-pooler", "shop-pooler"]


def test_other_clusters_may_name_a_global_pool() -> None:
    shop, _ = world()
    member = MeshMember(number=1, pods="10.0.0.0/16", services="10.1.0.0/16", address="192.0.2.1")
    mesh = ClusterMesh(shop.cluster, member=member)
    database = Postgres(shop, "orders")
    PgBouncer(shop, "near", database=database)
    PgBouncer(shop, "far", database=database, mesh=GlobalService())
    assert [mesh.shares("shop", name) for name in ("near", "far")] == [False, True]


@pytest.mark.parametrize("name", ["orders", "orders-rw", "orders-ro"])
def test_names_of_the_database_are_refused(name: str) -> None:
    shop, _ = world()
    database = Postgres(shop, "orders")
    with pytest.raises(InvalidValue, match="is the name of a Service or of the Cluster"):
        PgBouncer(shop, name, database=database)


def test_a_pool_is_in_the_namespace_of_its_database() -> None:
    shop, _ = world()
    database = Postgres(shop, "orders")
    other = new_component(shop.cluster, "other")
    with pytest.raises(InvalidReference, match="create it in a component of namespace 'shop'"):
        PgBouncer(other, "pooler", database=database)


@pytest.mark.parametrize(
    ("parameter", "field"), [("default_pool_size", "parameters"), ("max_client_conn", "parameters")]
)
def test_parameters_of_fields_are_refused(parameter: str, field: str) -> None:
    with pytest.raises(InvalidValue, match=f"{field}.+has '{parameter}', which a field sets"):
        PgBouncerSpec(parameters={parameter: "1"})


def test_a_pool_is_no_smaller_than_its_minimum() -> None:
    with pytest.raises(InvalidValue, match="is 21, more than pool_size, 20"):
        PgBouncerSpec(min_pool_size=21)
