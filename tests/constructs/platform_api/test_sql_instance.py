"""SQLInstance: claim, schema and composition are equivalent to the native construct."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, cast

import pytest
from hypothesis import HealthCheck, given, reject, settings
from msgspec.structs import replace

from kubestrata import Component, Image, Quantity
from kubestrata.constructs.cloud import AwsAccount
from kubestrata.constructs.data import (
    BucketLocation,
    CnpgSchedule,
    PerformanceInsights,
    Postgres,
    PostgresBackup,
    PostgresDatabase,
    PostgresPooler,
    PostgresRestore,
    PostgresRole,
    PostgresSpec,
    SchemaMigration,
)
from kubestrata.constructs.platform_api import SQL_INSTANCE, PlatformApi, sql_environment
from kubestrata.constructs.scaling import PodResources
from kubestrata.core.errors import InvalidValue
from tests.constructs.checking import kind_schema, objects
from tests.constructs.data.world import world
from tests.constructs.platform_api.composing import beside, composed, schema_of
from tests.constructs.platform_api.declarations import declarations

Backups: TypeAlias = Literal["instance", "plugin"]
IN_AWS = PostgresBackup(schedule=CnpgSchedule("0 30 3 * * *")).to(
    BucketLocation.aws("mine", "eu-west-3")
)
FULL = PostgresSpec(
    instances=3,
    size="large",
    storage=Quantity("50Gi"),
    wal_storage=Quantity("5Gi"),
    storage_class="fast",
    image=Image("ghcr.io/cloudnative-pg/postgresql:16.11-system-trixie"),
    primary_update_strategy="supervised",
    parameters={"shared_buffers": "600MB", "log_min_duration_statement": "500"},
    pg_hba=["hostssl all reader 10.0.0.0/8 scram-sha-256"],
    insights=PerformanceInsights(sample_rate=0.5, min_duration=200, log_statement="ddl"),
    init_sql="CREATE SCHEMA shop;\nGRANT USAGE ON SCHEMA shop TO reader;\n",
    database="orders",
    owner="shop",
    extensions=["pg_trgm", "uuid-ossp"],
    databases=[
        PostgresDatabase(name="audit_log", owner="reader", extensions=["pgcrypto"]),
        PostgresDatabase(name="_plain", owner="shop"),
    ],
    roles=[
        PostgresRole(name="reader", password_secret="reader", in_roles=["shop"]),
        PostgresRole(name="shop", in_roles=["pg_monitor"]),
        PostgresRole(name="admins", superuser=True, comment="Nobody logs in as this."),
        PostgresRole(
            name="maker", password_secret="maker", create_database=True, connection_limit=4
        ),
    ],
    pooler=PostgresPooler(mode="session"),
    backup=IN_AWS,
    migration=SchemaMigration(url="https://git.example.com/shop", ref="v1.4.0", secret="git"),
    priority="databases",
)
CASES = {
    "minimal": PostgresSpec(),
    "full": FULL,
    "single": PostgresSpec(instances=1, backup=PostgresBackup(enabled=False)),
    "restored": PostgresSpec(
        restore=PostgresRestore(name="orders-old", path="shop-old", until="2026-05-01T10:00:00Z")
    ),
    "restored from beside it": PostgresSpec(
        restore=PostgresRestore(name="orders-old"), backup=IN_AWS
    ),
    "restored from another bucket": PostgresSpec(
        restore=PostgresRestore(name="orders-old", bucket="archive", path="a/b"),
        image=Image("registry.example.com/postgresql:18"),
    ),
    "hyphens": PostgresSpec(
        database="image-gallery",
        owner="image-gallery-app",
        insights=PerformanceInsights(),
        image=Image("ghcr.io/cloudnative-pg/postgresql:18-system-trixie"),
    ),
    "empty texts": PostgresSpec(
        backup=PostgresBackup(path=""), priority="", storage_class="", parameters={"a": ""}
    ),
    "branch": PostgresSpec(
        pooler=PostgresPooler(instances=1),
        migration=SchemaMigration(url="https://git.example.com/shop", ref="next"),
    ),
}


def made(spec: PostgresSpec, *, claimed: bool, backups: Backups) -> Component:
    component, _ = world(backups=backups)
    component.cluster.offer(AwsAccount("123456789012", "eu-west-3", "home"))
    if claimed:
        component.cluster.offer(PlatformApi("cloud.example.com", [SQL_INSTANCE]))
    Postgres(component, "orders", spec=spec)
    return component


def compare(
    spec: PostgresSpec, backups: Backups = "instance"
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the objects of the composition, and those of the native construct."""
    claimed = made(spec, claimed=True, backups=backups)
    native = made(spec, claimed=False, backups=backups)
    claim, wanted = beside(SQL_INSTANCE, claimed, native)
    stored = kind_schema(schema_of(SQL_INSTANCE)).filled(claim)
    return composed(SQL_INSTANCE, stored, dict(sql_environment(claimed.cluster))), wanted


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_composition_equals_the_construct(case: str) -> None:
    found, wanted = compare(CASES[case])
    assert found == wanted


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_plugin_sends_backups_where_the_operator_has_it(case: str) -> None:
    found, wanted = compare(CASES[case], "plugin")
    assert found == wanted
    assert ("ObjectStore" in {item["kind"] for item in found}) == CASES[case].backup.enabled


def portable(spec: PostgresSpec) -> PostgresSpec:
    """Return a spec without settings that only native objects have."""
    backup = replace(
        spec.backup, jobs=None, immediate_checkpoint=False, target=None, owner="cluster"
    )
    return replace(spec, resources=None, synchronous=None, superuser=None, backup=backup)


def test_settings_that_the_claim_lacks_make_native_objects() -> None:
    spec = PostgresSpec(resources=PodResources.of("1", "1Gi"))
    claimed = made(spec, claimed=True, backups="instance")
    assert [each["kind"] for each in objects(claimed, "Cluster")] == ["Cluster"]
    assert objects(claimed, "SQLInstance") == []
    assert not portable(spec).is_native


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(declarations(PostgresSpec))
def test_any_database_is_composed_as_the_construct_makes_it(drawn: object) -> None:
    try:
        found, wanted = compare(portable(cast("PostgresSpec", drawn)))
    except InvalidValue:
        # Names that are invalid in Kubernetes are refused when the objects are created.
        reject()
    assert found == wanted
