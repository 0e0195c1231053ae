"""PostgreSQL databases: rendered objects, and invalid specs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from kubeapis import cnpg
from kubestrata import Cluster, Component, Host, Image, Platform, Quantity
from kubestrata.constructs import KubernetesNetwork
from kubestrata.constructs.cloud import AwsAccount, PodIdentity, ServiceAccountName, Statement
from kubestrata.constructs.data import (
    AccessKeys,
    BackupStore,
    BucketLocation,
    CnpgSchedule,
    Postgres,
    PostgresBackup,
    PostgresDatabase,
    PostgresPooler,
    PostgresRestore,
    PostgresRole,
    PostgresSpec,
    PostgresSynchronous,
    SchemaMigration,
)
from kubestrata.constructs.network import Endpoint, NetworkPort, Pods
from kubestrata.constructs.platform_api import PlatformApi, PlatformKind, SQLInstanceSpec
from kubestrata.constructs.scaling import PodResources
from kubestrata.core.errors import InvalidReference, InvalidValue, MissingOffer
from kubestrata.core.patch import TypedPatch
from kubestrata.core.yaml_text import dump_all
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.data.world import offer_operators, secret, store, world
from tests.small_platform import config_map, flux, new_cluster, new_component

OFF = PostgresBackup(enabled=False)
ACCOUNT = AwsAccount("123456789012", "eu-west-3", "home")
IN_AWS = PostgresSpec(backup=PostgresBackup().to(BucketLocation.aws("mine", "eu-west-3")))


def cluster_of(component: Component) -> dict[str, Any]:
    (made,) = objects(component, "Cluster")
    spec: dict[str, Any] = made["spec"]
    return spec


def full(component: Component) -> PostgresSpec:
    reader = PostgresRole.of("reader", secret(component, "reader", "username", "password"))
    return PostgresSpec(
        instances=3,
        size="medium",
        storage=Quantity("50Gi"),
        wal_storage=Quantity("5Gi"),
        storage_class="fast",
        image=Image("ghcr.io/cloudnative-pg/postgresql:16.11-system-trixie"),
        parameters={"shared_buffers": "600MB", "log_min_duration_statement": "500"},
        database="orders",
        owner="shop",
        extensions=["pg_trgm"],
        databases=[PostgresDatabase(name="audit_log", owner="reader", extensions=["pgcrypto"])],
        roles=[reader],
        pooler=PostgresPooler(mode="session"),
        migration=SchemaMigration(url="https://git.example.com/shop", ref="v1.4.0"),
        priority="databases",
    )


def test_minimal(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    Postgres(shop, "orders")
    assert rendered(shop) == manifests
    assert faults(shop) == []


def test_full(manifests: SnapshotAssertion) -> None:
    shop, operators = world()
    Postgres(shop, "orders", spec=full(shop))
    assert rendered(shop) == manifests
    assert faults(shop) == []
    assert faults(operators) == []


@pytest.mark.parametrize(
    "pooler",
    [
        PostgresPooler(),
        PostgresPooler(instances=3, mode="session", max_client_connections=400, pool_size=50),
    ],
    ids=["minimal", "full"],
)
def test_pooler(pooler: PostgresPooler, manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    Postgres(shop, "orders", spec=PostgresSpec(pooler=pooler))
    assert dump_all(objects(shop, "Pooler")) == manifests
    assert faults(shop) == []


def test_backups_by_the_plugin(manifests: SnapshotAssertion) -> None:
    shop, _ = world(backups="plugin")
    Postgres(shop, "orders", spec=PostgresSpec(monitoring=False))
    assert rendered(shop) == manifests
    assert faults(shop) == []


def test_one_instance_has_no_budget_and_waits_for_no_replica() -> None:
    shop, _ = world()
    Postgres(shop, "orders", spec=PostgresSpec(instances=1))
    spec = cluster_of(shop)
    assert spec["enablePDB"] is False
    assert spec["primaryUpdateMethod"] == "restart"
    assert "synchronous" not in spec["postgresql"]
    assert "topologySpreadConstraints" not in spec


def test_declared_parameters_override_those_of_the_size() -> None:
    shop, _ = world()
    Postgres(shop, "orders", spec=PostgresSpec(parameters={"max_connections": "7"}))
    parameters = cluster_of(shop)["postgresql"]["parameters"]
    assert parameters["max_connections"] == "7"
    assert parameters["shared_buffers"] == "256MB"


def test_backups_are_below_the_namespace_by_default() -> None:
    shop, _ = world()
    Postgres(shop, "orders")
    Postgres(shop, "other", spec=PostgresSpec(backup=PostgresBackup(path="elsewhere")))
    paths = [
        made["spec"]["backup"]["barmanObjectStore"]["destinationPath"]
        for made in objects(shop, "Cluster")
    ]
    assert paths == ["s3://backups/shop", "s3://backups/elsewhere"]


def test_backups_without_keys_use_the_identity_of_the_pods() -> None:
    shop, _ = world()
    shop.cluster.offer(ACCOUNT)
    Postgres(shop, "orders", spec=IN_AWS)
    spec = cluster_of(shop)
    stored = spec["backup"]["barmanObjectStore"]
    assert stored["s3Credentials"] == {"inheritFromIAMRole": True}
    assert spec["env"] == [{"name": "AWS_DEFAULT_REGION", "value": "eu-west-3"}]
    policy = next(
        made
        for made in objects(shop, "CiliumNetworkPolicy")
        if made["metadata"]["name"] == "orders"
    )
    egress = policy["spec"]["egress"]
    names = [each["toFQDNs"] for each in egress if "toFQDNs" in each]
    assert names == [
        [
            {"matchName": "mine.s3.eu-west-3.amazonaws.com"},
            {"matchName": "s3.eu-west-3.amazonaws.com"},
        ]
    ]
    assert [each["toEntities"] for each in egress if "toEntities" in each] == [
        ["kube-apiserver"],
        ["host"],
    ]


def test_the_identity_reaches_the_folder_of_its_backups_and_no_more() -> None:
    shop, _ = world()
    shop.cluster.offer(ACCOUNT)
    database = Postgres(shop, "orders", spec=IN_AWS)
    assert database.identity is not None
    (policy,) = objects(shop, "Policy")
    statements = json.loads(policy["spec"]["forProvider"]["policy"])["Statement"]
    assert [each["Resource"] for each in statements] == [
        ["arn:aws:s3:::mine"],
        ["arn:aws:s3:::mine/shop/orders/*"],
    ]
    (association,) = objects(shop, "PodIdentityAssociation")
    assert association["spec"]["forProvider"]["serviceAccount"] == "orders"
    assert faults(shop) == []


def test_a_database_waits_for_an_identity_of_another_component() -> None:
    shop, operators = world()
    shop.cluster.offer(ACCOUNT)
    account = ServiceAccountName(name="orders", namespace="shop")
    statements = [Statement(actions=["s3:GetObject"], resources=["arn:aws:s3:::mine/*"])]
    identity = PodIdentity(operators, "orders", service_account=account, statements=statements)
    Postgres(shop, "orders", spec=IN_AWS, identity=identity)
    assert objects(shop, "PodIdentityAssociation") == []
    assert identity.ready in [edge.target for edge in shop.edges]


def prepared() -> tuple[Component, PodIdentity]:
    """Return a component in a cluster with an identity for the database `orders`, and that."""
    cluster = new_cluster()
    cluster.offer(ACCOUNT)
    before, shop = new_component(cluster, "before"), new_component(cluster, "shop")
    account = ServiceAccountName(name="orders", namespace="shop")
    statements = [Statement(actions=["s3:GetObject"], resources=["arn:aws:s3:::mine/*"])]
    identity = PodIdentity(before, "orders", service_account=account, statements=statements)
    cluster.offer(BackupStore(BucketLocation.aws("mine", "eu-west-3"), {account: identity}))
    return shop, identity


def test_a_database_waits_for_the_identity_of_the_backup_store() -> None:
    shop, identity = prepared()
    orders = Postgres(shop, "orders")
    assert orders.identity is identity
    assert identity.ready in [edge.target for edge in shop.edges]
    other = Postgres(shop, "other")
    assert other.identity is not identity
    elsewhere = PostgresBackup().to(BucketLocation.aws("else", "eu-west-3"))
    moved = Postgres(
        new_component(shop.cluster, "third"), "orders", spec=PostgresSpec(backup=elsewhere)
    )
    assert moved.identity is not identity


def test_backups_without_key_and_account_are_refused() -> None:
    shop, _ = world()
    with pytest.raises(MissingOffer, match="AwsAccount"):
        Postgres(shop, "orders", spec=IN_AWS)


def test_a_patched_database_is_native_on_every_cluster(tmp_path: Path) -> None:
    program = tmp_path / "databases.k"
    program.write_text("items = []")
    kind = PlatformKind("SQLInstance", "sqlinstances", SQLInstanceSpec, program)
    shop, _ = world()
    shop.cluster.offer(PlatformApi("cloud.example.com", [kind]))
    change = TypedPatch(
        cnpg.ClusterSpec, lambda spec: msgspec.structs.replace(spec, description="patched")
    )
    Postgres(shop, "orders", patches=[change])
    assert objects(shop, "SQLInstance") == []
    (made,) = objects(shop, "Cluster")
    assert made["spec"]["description"] == "patched"


def test_a_claim_replaces_the_objects_and_keeps_their_names(tmp_path: Path) -> None:
    program = tmp_path / "databases.k"
    program.write_text("items = []")
    kind = PlatformKind("SQLInstance", "sqlinstances", SQLInstanceSpec, program)
    shop, _ = world()
    native = Postgres(shop, "orders")
    claimed, _ = world()
    claimed.cluster.offer(PlatformApi("cloud.example.com", [kind]))
    database = Postgres(claimed, "orders", spec=PostgresSpec(instances=3))
    (claim,) = objects(claimed, "SQLInstance")
    assert claim["spec"]["storageSize"] == "10Gi"
    assert claim["spec"]["backup"]["bucketName"] == "backups"
    assert claim["spec"]["backup"]["keys"]["secret"] == "backup-key"
    assert objects(claimed, "Cluster") == objects(claimed, "ScheduledBackup") == []
    for kind_name in ("CiliumNetworkPolicy", "VMPodScrape", "VMRule"):
        assert objects(claimed, kind_name) == objects(shop, kind_name)
    assert str(database.credentials.ref) == str(native.credentials.ref)
    assert database.service.host == native.service.host
    assert database.endpoint.ready == database.resource.ref


def test_the_bucket_and_its_key_make_edges() -> None:
    shop, operators = world()
    made, key = config_map(operators, "bucket"), secret(shop, "key", "id", "secret")
    keys = AccessKeys(key, id_key="id", secret_key="secret")
    location = BucketLocation(made.name, hosts=("s3.example.com",), keys=keys)
    backup = PostgresBackup().to(location)
    cluster = Postgres(shop, "orders", spec=PostgresSpec(backup=backup)).resource
    assert made.ref in cluster.references
    assert key.ref in cluster.references


def test_disabled_backups_create_no_objects() -> None:
    shop, _ = world()
    Postgres(shop, "orders", spec=PostgresSpec(backup=OFF))
    assert objects(shop, "ScheduledBackup") == []
    assert "backup" not in cluster_of(shop)


def test_a_restore_reads_the_source_and_keeps_its_own_backups() -> None:
    shop, _ = world()
    restore = PostgresRestore(name="orders", until="2026-05-01T10:00:00Z")
    Postgres(shop, "orders-2", spec=PostgresSpec(restore=restore))
    spec = cluster_of(shop)
    assert spec["bootstrap"] == {
        "recovery": {
            "source": "orders",
            "database": "app",
            "owner": "app",
            "recoveryTarget": {"targetTime": "2026-05-01T10:00:00Z"},
        }
    }
    (source,) = spec["externalClusters"]
    assert source["barmanObjectStore"]["serverName"] == "orders"
    assert source["barmanObjectStore"]["destinationPath"] == "s3://backups/shop"
    assert "serverName" not in spec["backup"]["barmanObjectStore"]
    assert faults(shop) == []


def test_the_plugin_restores_from_a_store_of_its_own() -> None:
    shop, _ = world(backups="plugin")
    restore = PostgresRestore(name="orders", path="elsewhere")
    Postgres(shop, "orders", spec=PostgresSpec(restore=restore))
    (source,) = cluster_of(shop)["externalClusters"]
    assert source["plugin"]["parameters"] == {
        "barmanObjectName": "orders-source",
        "serverName": "orders",
    }
    paths = [
        made["spec"]["configuration"]["destinationPath"] for made in objects(shop, "ObjectStore")
    ]
    assert paths == ["s3://backups/elsewhere", "s3://backups/shop"]
    assert faults(shop) == []


def test_an_identity_reads_what_is_restored_and_changes_nothing_of_it() -> None:
    shop, _ = world()
    shop.cluster.offer(ACCOUNT)
    spec = msgspec.structs.replace(IN_AWS, restore=PostgresRestore(name="old", path="past"))
    Postgres(shop, "orders", spec=spec)
    (policy,) = objects(shop, "Policy")
    statements = json.loads(policy["spec"]["forProvider"]["policy"])["Statement"]
    assert statements[-1]["Action"] == ["s3:GetObject"]
    assert statements[-1]["Resource"] == ["arn:aws:s3:::mine/past/old/*"]


def test_a_restore_that_would_write_over_its_source_is_refused() -> None:
    shop, _ = world()
    spec = PostgresSpec(restore=PostgresRestore(name="orders"))
    with pytest.raises(InvalidValue, match="names shop/orders, where the database will keep its"):
        Postgres(shop, "orders", spec=spec)


def test_a_restore_that_the_clusters_identity_cannot_read_is_refused() -> None:
    spec = PostgresSpec(restore=PostgresRestore(name="old"))
    shop, _ = prepared()
    with pytest.raises(InvalidValue, match="pass an identity that reads both"):
        Postgres(shop, "orders", spec=spec)
    assert objects(shop, "Cluster") == []
    shop, identity = prepared()
    assert Postgres(shop, "orders", spec=spec, identity=identity).identity is identity


def test_a_branch_is_a_branch_and_a_v_is_a_tag() -> None:
    shop, _ = world()
    for name, ref in (("one", "v1.0.0"), ("two", "main")):
        migration = SchemaMigration(url="https://git.example.com/shop", ref=ref)
        Postgres(shop, name, spec=PostgresSpec(backup=OFF, migration=migration))
    found = [made["spec"]["ref"] for made in objects(shop, "GitRepository")]
    assert found == [{"tag": "v1.0.0"}, {"branch": "main"}]


def test_migrations_run_as_the_owner_from_the_folders_config_map() -> None:
    shop, _ = world()
    migration = SchemaMigration(url="https://git.example.com/shop")
    Postgres(shop, "orders", spec=PostgresSpec(migration=migration))
    (made,) = objects(shop, "AtlasMigration")
    assert made["spec"] == {
        "dir": {"configMapRef": {"name": "migrations"}},
        "urlFrom": {"secretKeyRef": {"key": "uri", "name": "orders-app"}},
    }


def test_clients_reach_the_pool_where_there_is_one() -> None:
    shop, _ = world()
    plain = Postgres(shop, "plain")
    pooled = Postgres(shop, "pooled", spec=PostgresSpec(pooler=PostgresPooler()))
    assert plain.endpoint.pods.labels["cnpg.io/podRole"] == "instance"
    assert pooled.endpoint.pods.labels == {"cnpg.io/poolerName": "pooled-pooler"}
    assert plain.service.host == "plain-rw.shop.svc.cluster.local"
    assert pooled.service.host == "pooled-pooler.shop.svc.cluster.local"
    assert plain.read_service.host == "plain-ro.shop.svc.cluster.local"


def test_users_of_the_credentials_wait_for_the_database() -> None:
    shop, _ = world()
    database = Postgres(shop, "orders")
    key = database.credentials.key("uri")
    assert key.name == "orders-app"
    assert key.name.reference.resource is database.resource
    with pytest.raises(InvalidReference, match="has no key 'url'"):
        database.credentials.key("url")


def test_a_connection_is_allowed_on_both_sides_and_ordered() -> None:
    shop, _ = world()
    other = new_component(shop.cluster, "web")
    database = Postgres(shop, "orders")
    web = Endpoint(Pods("web", "web", {"app": "web"}), (NetworkPort(8080),), other)
    web.connect_to(database.endpoint)
    names = [made["metadata"]["name"] for made in objects(shop, "CiliumNetworkPolicy")]
    assert "orders-from-web" in names
    assert [edge.target for edge in other.edges][-1] == database.resource.ref


def test_operators_have_egress_to_their_databases() -> None:
    shop, operators = world()
    migration = SchemaMigration(url="https://git.example.com/shop")
    Postgres(shop, "orders", spec=PostgresSpec(migration=migration))
    names = [made["metadata"]["name"] for made in objects(operators, "CiliumNetworkPolicy")]
    assert "cloudnative-pg-to-shop-orders" in names
    assert "atlas-operator-to-shop-orders" in names


def test_databases_come_after_their_operators() -> None:
    shop, operators = world()
    Postgres(shop, "orders", spec=PostgresSpec(backup=OFF))
    assert [edge.target.component for edge in shop.edges] == [operators]
    Postgres(operators, "own", spec=PostgresSpec(backup=OFF))
    assert list(operators.edges) == []


def test_settings_without_a_field_can_be_patched() -> None:
    shop, _ = world()
    change = TypedPatch(
        cnpg.ClusterSpecAffinity,
        lambda affinity: msgspec.structs.replace(affinity, node_selector={"disk": "fast"}),
    )
    Postgres(shop, "orders", patches=[change])
    assert cluster_of(shop)["affinity"]["nodeSelector"] == {"disk": "fast"}


def test_a_patch_that_matches_nothing_is_refused() -> None:
    shop, _ = world()
    change = TypedPatch(cnpg.PoolerSpec, lambda spec: spec)
    with pytest.raises(InvalidValue, match="matches nothing that c1/shop/orders-postgres makes"):
        Postgres(shop, "orders", patches=[change])


def test_alerts_of_backups_are_there_only_where_instances_send_them() -> None:
    for backups, expected in (("instance", True), ("plugin", False)):
        shop, _ = world(backups="plugin" if backups == "plugin" else "instance")
        Postgres(shop, "orders")
        (rules,) = objects(shop, "VMRule")
        names = [rule["alert"] for group in rules["spec"]["groups"] for rule in group["rules"]]
        assert ("PostgresBackupOld" in names) is expected
        assert "PostgresInstanceDown" in names


def test_operators_are_optional_without_a_network() -> None:
    component = new_component(new_cluster())
    Postgres(component, "orders", spec=PostgresSpec(backup=OFF))
    kinds = sorted(item.identity.kind for item in component.rendered())
    assert kinds == ["Cluster", "Namespace"]


def test_a_database_is_never_without_backups_by_accident() -> None:
    component = new_component(new_cluster())
    with pytest.raises(MissingOffer, match="BackupStore"):
        Postgres(component, "orders")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: PostgresSpec(databases=[PostgresDatabase(name="a", owner="nobody")]),
            "'a' belongs to 'nobody', which is not a declared role",
        ),
        (
            lambda: PostgresSpec(roles=[PostgresRole(name="app", password_secret="s")]),
            "PostgresSpec.roles: sets a password of 'app', the owner",
        ),
        (
            lambda: PostgresSpec(roles=[PostgresRole(name="a"), PostgresRole(name="a")]),
            "PostgresSpec.roles: name 'a' twice",
        ),
        (
            lambda: PostgresSpec(
                databases=[
                    PostgresDatabase(name="a_b", owner="app"),
                    PostgresDatabase(name="a-b", owner="app"),
                ]
            ),
            "PostgresSpec.databases: name two objects 'a-b'",
        ),
        (
            lambda: PostgresSpec(databases=[PostgresDatabase(name="app", owner="app")]),
            "PostgresSpec.databases: name 'app' twice",
        ),
        (
            lambda: PostgresSpec(restore=PostgresRestore(name="old"), backup=OFF),
            "takes a backup from a bucket, but backups are disabled",
        ),
        (
            lambda: PostgresRestore(name="old", until="yesterday"),
            "PostgresRestore.until: is 'yesterday': must match",
        ),
        (lambda: PostgresSpec(instances=0), "PostgresSpec.instances: expected `int` >= 1"),
        (
            lambda: PostgresSpec(database="My-App"),
            "PostgresSpec.database: is 'My-App': must be lower-case letters",
        ),
        (lambda: PostgresBackup(region="eu"), "describes a bucket, but bucket is not set"),
        (
            lambda: PostgresBackup(retention="30 days"),
            "PostgresBackup.retention: is '30 days': must be a number and",
        ),
        (
            lambda: SchemaMigration(url="git@x:y"),
            "SchemaMigration.url: is 'git@x:y': must begin with 'https://'",
        ),
        (lambda: CnpgSchedule("0 2 * * *"), "has 5 fields; a schedule of CloudNativePG has 6"),
        (lambda: CnpgSchedule("99 0 2 * * *"), "the seconds field '99' is not within 0-59"),
        (lambda: CnpgSchedule("0 0 25 * * *"), "the hour '25' is not within 0-23"),
    ],
    ids=range(15),
)
def test_invalid_settings_are_refused_at_their_line(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(InvalidValue) as raised:
        make()
    assert message in str(raised.value)
    assert "test_postgres.py:" in raised.value.where


def test_a_role_needs_a_secret_with_a_name_and_a_password() -> None:
    component = new_component(new_cluster())
    with pytest.raises(InvalidReference, match="has no key 'password'"):
        PostgresRole.of("reader", secret(component, "reader", "username"))


@pytest.mark.parametrize("text", ["0 0 2 * * *", "30 15 */4 1,15 * mon-fri", "*/30 * * * * *"])
def test_six_fields_are_a_schedule(text: str) -> None:
    assert CnpgSchedule(text) == text


def test_a_network_of_plain_kubernetes_admits_the_same_by_address() -> None:
    cluster = Cluster(
        Platform(),
        "c1",
        domain=Host("example.com"),
        delivery=flux(),
        kubernetes="1.35",
        offers=[KubernetesNetwork()],
    )
    offer_operators(cluster)
    shop = new_component(cluster, "shop")
    backup = PostgresBackup().to(store(shop))
    Postgres(shop, "orders", spec=PostgresSpec(backup=backup))
    (policy,) = [
        made["spec"]
        for made in objects(shop, "NetworkPolicy")
        if made["metadata"]["name"] == "orders"
    ]
    assert policy["podSelector"] == {"matchLabels": {"cnpg.io/cluster": "orders"}}
    assert {port["port"] for rule in policy["ingress"] for port in rule["ports"]} == {5432, 8000}
    assert faults(shop) == []


def shared(component: Component) -> PostgresSpec:
    bucket = BucketLocation(
        "backups",
        hosts=(),
        endpoint="http://192.0.2.3:9000",
        keys=AccessKeys(secret(component, "backup-key", "ACCESS_KEY_ID", "ACCESS_SECRET_KEY")),
    )
    backup = PostgresBackup(
        path="shared",
        jobs=2,
        immediate_checkpoint=True,
        target="prefer-standby",
        owner="self",
    )
    return PostgresSpec(
        instances=3,
        database="postgres",
        owner="postgres",
        superuser=secret(component, "superuser", "username", "password").name,
        resources=PodResources.of("500m", "1Gi", "2", "2Gi"),
        synchronous=PostgresSynchronous(
            method="first", number=2, candidates=2, durability="required"
        ),
        backup=backup.to(bucket),
    )


def test_a_shared_cluster(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    Postgres(shop, "shared", spec=shared(shop))
    kinds = ("Cluster", "ScheduledBackup")
    assert dump_all([each for kind in kinds for each in objects(shop, kind)]) == manifests
    assert faults(shop) == []


def test_a_server_with_an_address_is_reached_by_it() -> None:
    shop, _ = world()
    Postgres(shop, "shared", spec=shared(shop))
    (policy,) = (
        each
        for each in objects(shop, "CiliumNetworkPolicy")
        if each["metadata"]["name"] == "shared"
    )
    (server,) = (each for each in policy["spec"]["egress"] if "toCIDR" in each)
    assert list(server["toCIDR"]) == ["192.0.2.3/32"]
    assert server["toPorts"] == [{"ports": [{"port": "9000", "protocol": "TCP"}]}]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"synchronous": PostgresSynchronous(number=2)}, "is 2, but there are 1 replicas"),
        ({"owner": "postgres"}, "whose password CloudNativePG does not make"),
    ],
)
def test_contradictory_shared_settings_are_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        PostgresSpec(**fields)


@pytest.mark.parametrize(
    "spec",
    [
        PostgresSpec(resources=PodResources.of("1", "1Gi"), backup=OFF),
        PostgresSpec(superuser="login", backup=OFF),
        PostgresSpec(instances=3, synchronous=PostgresSynchronous(number=2), backup=OFF),
        PostgresSpec(backup=PostgresBackup(enabled=False, jobs=2)),
    ],
)
def test_settings_that_a_claim_lacks_make_native_objects(spec: PostgresSpec) -> None:
    assert spec.is_native
    assert not PostgresSpec(backup=OFF).is_native


def test_wrong_lines_and_extensions_are_refused() -> None:
    with pytest.raises(InvalidValue, match="which is not a line of that file"):
        PostgresSpec(pg_hba=["scram-sha-256 for everybody"])
    with pytest.raises(InvalidValue, match="name 'pg_trgm' twice"):
        PostgresDatabase(name="shop", owner="shop", extensions=["pg_trgm", "pg_trgm"])
