"""Storage and data services of infra and apps: order, sizes, flows, backups."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from charts.clusters.monosense.apps import APPS, apps
from charts.clusters.monosense.infra import INFRA, infra
from charts.infrastructure.strimzi import StrimziOperator
from charts.tooling.kafka import KafkaCluster, KafkaExample
from kubestrata import Cluster, Component, Flux, GitRepository, Host, Namespace, Platform, Reference
from kubestrata.constructs import CiliumNetwork
from kubestrata.core.json_value import Manifest
from kubestrata.delivery.deliver import deliver
from kubestrata.delivery.delivered import DeliveredCluster
from kubestrata.testing import render

CLUSTERS = ("infra", "apps")
SETTINGS = {"infra": INFRA, "apps": APPS}
POOLERS = ("gitlab", "harbor", "keycloak", "synergyflow")
# The application of the fourth pool is not deployed, and the store has no login for it.
OWNERS = POOLERS[:3]
MINIO = "10.25.11.3/32"


@cache
def platform() -> Platform:
    """Return both clusters, built once: each names Services of the other."""
    made = Platform()
    infra(made)
    apps(made)
    return made


@cache
def delivered(name: str) -> DeliveredCluster:
    (cluster,) = (each for each in platform().clusters if each.name == name)
    return deliver(cluster)


@cache
def objects(cluster: str, kind: str) -> dict[str, Manifest]:
    """Return the objects of a kind, as `namespace/name` or their name."""
    found: dict[str, Manifest] = {}
    for unit in delivered(cluster).units:
        for file in unit.files or ():
            if file.manifest and file.manifest["kind"] == kind:
                head = file.manifest["metadata"]
                found["/".join(filter(None, (head.get("namespace"), head["name"])))] = file.manifest
    return found


@cache
def waits_for(cluster: str) -> dict[str, list[str]]:
    """Return what the Kustomizations of a cluster depend on."""
    found: dict[str, list[str]] = {}
    for unit in delivered(cluster).units:
        manifest = unit.applied_by.manifest or {}
        edges = manifest["spec"].get("dependsOn", [])
        found[manifest["metadata"]["name"]] = [each["name"] for each in edges]
    return found


def before(cluster: str, name: str) -> set[str]:
    """Return everything that is ready before a Kustomization is applied."""
    found: set[str] = set()
    rest = [name]
    while rest:
        for each in waits_for(cluster)[rest.pop()]:
            if each not in found:
                found.add(each)
                rest.append(each)
    return found


def spec(cluster: str, kind: str, name: str) -> Manifest:
    made: Manifest = objects(cluster, kind)[name]["spec"]
    return made


def egress(cluster: str, name: str) -> list[Any]:
    rules: list[Any] = spec(cluster, "CiliumNetworkPolicy", name)["egress"]
    return rules


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_each_cluster_uses_the_disks_of_its_own_nodes(cluster: str) -> None:
    storage = spec(cluster, "CephCluster", "rook-ceph/rook-ceph")["storage"]
    assert storage["nodes"] == [
        {"name": node.name, "devices": [{"name": f"/dev/disk/by-id/nvme-{node.ceph_disk}"}]}
        for node in SETTINGS[cluster].nodes
    ]
    assert [node["name"].rpartition("-")[0] for node in storage["nodes"]] == [cluster] * 3
    assert (storage["useAllNodes"], storage["useAllDevices"]) == (False, False)
    assert storage["config"] == {
        "osdsPerDevice": "1",
        "databaseSizeMB": "10240",
        "walSizeMB": "1024",
        "deviceClass": "ssd",
    }


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_ceph_has_the_daemons_of_the_inventory(cluster: str) -> None:
    ceph = spec(cluster, "CephCluster", "rook-ceph/rook-ceph")
    assert ceph["cephVersion"]["image"] == "quay.io/ceph/ceph:v19.2.3"
    assert (ceph["mon"]["count"], ceph["mgr"]["count"]) == (3, 2)
    assert [each["name"] for each in ceph["mgr"]["modules"]] == ["pg_autoscaler", "rook"]
    assert ceph["network"] == {"provider": "host"}
    assert ceph["logCollector"] == {"enabled": True, "periodicity": "daily", "maxLogSize": "500M"}
    assert ceph["cleanupPolicy"] == {
        "sanitizeDisks": {"method": "quick"},
        "wipeDevicesFromOtherClusters": True,
    }
    assert ceph["resources"] == {
        "mon": amounts("500m", "1Gi", "2", "2Gi"),
        "mgr": amounts("500m", "512Mi", "1", "1Gi"),
        "osd": amounts("1", "2Gi", "2", "4Gi"),
    }


def amounts(cpu: str, memory: str, cpu_limit: str, memory_limit: str) -> Manifest:
    return {
        "requests": {"cpu": cpu, "memory": memory},
        "limits": {"cpu": cpu_limit, "memory": memory_limit},
    }


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_there_are_two_classes_and_no_default(cluster: str) -> None:
    classes = objects(cluster, "StorageClass")
    found = {
        name: (each["provisioner"], each["volumeBindingMode"], each["allowVolumeExpansion"])
        for name, each in classes.items()
    }
    assert found == {
        "openebs-local-nvme": ("openebs.io/local", "WaitForFirstConsumer", True),
        "rook-ceph-block": ("rook-ceph.rbd.csi.ceph.com", "Immediate", True),
    }
    for each in classes.values():
        assert "storageclass.kubernetes.io/is-default-class" not in str(each["metadata"])
    local = classes["openebs-local-nvme"]["metadata"]["annotations"]["cas.openebs.io/config"]
    assert '"/var/mnt/openebs"' in local
    release = spec(cluster, "HelmRelease", "openebs-system/openebs")["values"]
    assert release["localpv-provisioner"]["hostpathClass"] == {"enabled": False}


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_the_pool_has_one_failure_domain(cluster: str) -> None:
    pool = spec(cluster, "CephBlockPool", "rook-ceph/rook-ceph-block")
    assert pool == {
        "failureDomain": "host",
        "deviceClass": "ssd",
        "replicated": {"size": 3, "requireSafeReplicaSize": True},
    }


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_ceph_waits_for_its_operator(cluster: str) -> None:
    assert "rook-ceph-operator" in before(cluster, "rook-ceph-cluster")


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_volumes_wait_until_ceph_is_ready(cluster: str) -> None:
    (applied,) = (
        unit.applied_by.manifest
        for unit in delivered(cluster).units
        if unit.applied_by.manifest
        and unit.applied_by.manifest["metadata"]["name"] == "rook-ceph-cluster"
    )
    checks = {each["kind"]: each["current"] for each in applied["spec"]["healthCheckExprs"]}
    ready = "has(status.phase) && status.phase == 'Ready'"
    assert checks == {"CephBlockPool": ready, "CephCluster": ready}


def test_databases_wait_for_operators_secrets_and_volumes() -> None:
    found = before("infra", "cloudnative-pg-shared-cluster")
    assert {"cloudnative-pg", "external-secrets", "onepassword-store", "openebs"} <= found
    assert "rook-ceph-cluster" not in found
    caches = before("infra", "dragonfly-cluster")
    assert {"dragonfly-operator", "onepassword-store", "openebs"} <= caches
    assert "cloudnative-pg-shared-cluster" in before("infra", "cnpg-backup-validation")


def test_kafka_waits_for_its_operator_and_ceph() -> None:
    assert {"strimzi-operator", "rook-ceph-cluster"} <= before("apps", "kafka-cluster")


def test_each_cluster_has_its_own_data_services() -> None:
    kinds = ("Cluster", "Pooler", "Database", "Dragonfly", "Kafka")
    assert {kind: len(objects("infra", kind)) for kind in kinds} == {
        "Cluster": 1,
        "Pooler": 4,
        "Database": 3,
        "Dragonfly": 1,
        "Kafka": 0,
    }
    assert {kind: len(objects("apps", kind)) for kind in kinds} == {
        **dict.fromkeys(kinds, 0),
        "Kafka": 1,
    }


def test_postgres_has_the_sizes_of_the_inventory() -> None:
    made = spec("infra", "Cluster", "cnpg-system/shared-postgres")
    assert made["instances"] == 3
    assert made["imageName"] == "ghcr.io/cloudnative-pg/postgresql:16.8"
    assert made["resources"] == amounts("500m", "1Gi", "2", "2Gi")
    for field, size in (("storage", "80Gi"), ("walStorage", "20Gi")):
        assert (made[field]["size"], made[field]["storageClass"]) == (size, "openebs-local-nvme")
    assert made["postgresql"]["synchronous"] == {
        "method": "any",
        "number": 1,
        "maxStandbyNamesFromCluster": 2,
        "dataDurability": "preferred",
    }
    parameters = made["postgresql"]["parameters"]
    assert len(parameters) == 21
    assert not {"ssl", "ssl_prefer_server_ciphers"} & set(parameters)
    assert made["postgresql"]["pg_hba"] == ["hostssl all all all scram-sha-256"]


def test_each_database_has_an_owner_a_login_and_a_pool() -> None:
    made = spec("infra", "Cluster", "cnpg-system/shared-postgres")
    roles = {each["name"]: each["passwordSecret"] for each in made["managed"]["roles"]}
    assert roles == {name: {"name": f"{name}-db-credentials"} for name in roles}
    assert sorted(roles) == list(OWNERS)
    databases = {
        each["spec"]["name"]: each["spec"] for each in objects("infra", "Database").values()
    }
    assert {name: each["owner"] for name, each in databases.items()} == {
        name: name for name in OWNERS
    }
    extensions = {
        name: [extension["name"] for extension in each.get("extensions", [])]
        for name, each in databases.items()
    }
    assert extensions == {
        "harbor": ["uuid-ossp"],
        "keycloak": [],
        "gitlab": ["pg_trgm", "btree_gist", "plpgsql", "amcheck"],
    }
    assert sorted(objects("infra", "Pooler")) == [f"cnpg-system/{name}-pooler" for name in POOLERS]


@pytest.mark.parametrize(
    ("name", "mode", "clients", "sizes"),
    [
        ("harbor", "transaction", "200", ("15", "5", "5")),
        ("keycloak", "session", "200", ("20", "10", "5")),
        ("gitlab", "transaction", "300", ("25", "10", "10")),
        ("synergyflow", "transaction", "150", ("10", "5", "5")),
    ],
)
def test_each_pool_has_the_sizes_of_the_inventory(
    name: str, mode: str, clients: str, sizes: tuple[str, str, str]
) -> None:
    pool = spec("infra", "Pooler", f"cnpg-system/{name}-pooler")
    found = pool["pgbouncer"]["parameters"]
    fields = ("default_pool_size", "min_pool_size", "reserve_pool_size")
    assert (pool["instances"], pool["pgbouncer"]["poolMode"]) == (3, mode)
    assert tuple(found[field] for field in fields) == sizes
    assert found["max_client_conn"] == clients
    assert found["server_reset_query"] == ("" if mode == "session" else "DISCARD ALL")
    (container,) = pool["template"]["spec"]["containers"]
    assert container["resources"] == amounts("100m", "128Mi", "500m", "256Mi")


def test_budgets_select_the_pods_of_operators() -> None:
    budgets = {
        name: each["spec"]["selector"]["matchLabels"]
        for name, each in objects("infra", "PodDisruptionBudget").items()
        if name.startswith(("cnpg-system/", "dragonfly"))
    }
    pools = {
        f"cnpg-system/{name}-pooler": {"cnpg.io/poolerName": f"{name}-pooler"} for name in POOLERS
    }
    assert budgets == {
        **pools,
        "cnpg-system/cloudnative-pg": {"app.kubernetes.io/instance": "cloudnative-pg"},
        "dragonfly-operator-system/dragonfly-operator": {
            "app.kubernetes.io/instance": "dragonfly-operator"
        },
        "dragonfly-system/dragonfly": {"app": "dragonfly", "app.kubernetes.io/name": "dragonfly"},
    }


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_the_budget_of_openebs_selects_its_provisioner(cluster: str) -> None:
    name = "openebs-system/localpv-provisioner"
    budget = spec(cluster, "PodDisruptionBudget", name)
    labels = {"app": "localpv-provisioner", "release": "openebs"}
    assert budget["selector"]["matchLabels"] == labels
    assert budget["maxUnavailable"] == 1


def test_backups_go_to_the_object_store_without_its_encryption() -> None:
    backup = spec("infra", "Cluster", "cnpg-system/shared-postgres")["backup"]
    store = backup["barmanObjectStore"]
    assert store["destinationPath"] == "s3://monosense-cnpg/shared-postgres"
    assert store["endpointURL"] == "http://10.25.11.3:9000"
    assert store["data"] == {"compression": "gzip", "jobs": 2, "immediateCheckpoint": True}
    assert store["wal"] == {"compression": "gzip"}
    assert (backup["retentionPolicy"], backup["target"]) == ("30d", "prefer-standby")
    schedule = spec("infra", "ScheduledBackup", "cnpg-system/shared-postgres-backup")
    assert (schedule["schedule"], schedule["backupOwnerReference"]) == ("0 0 2 * * *", "self")


def test_the_backup_check_writes_only_where_it_may() -> None:
    job = spec("infra", "CronJob", "cnpg-system/cnpg-backup-validation")
    assert job["schedule"] == "0 3 * * *"
    template = job["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = template["containers"]
    assert not container["image"].endswith(":latest")
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert template["securityContext"]["runAsUser"] == 10001
    env = {each["name"]: each for each in container["env"]}
    assert env["MC_CONFIG_DIR"]["value"].startswith("/tmp/")
    assert [each["mountPath"] for each in container["volumeMounts"]] == ["/tmp"]
    script = container["command"][-1]
    assert '"store/$BUCKET_NAME/$CNPG_SHARED_CLUSTER_NAME/$CNPG_SHARED_CLUSTER_NAME"' in script
    assert {"$S3_ENDPOINT", "$S3_ACCESS_KEY", "$S3_SECRET_KEY"} <= set(
        script.replace('"', " ").split()
    )
    assert "${" not in script
    assert "jq" not in script


@pytest.mark.parametrize("name", ["shared-postgres", "cnpg-backup-validation-to-10.25.11.3-32"])
def test_only_the_object_store_is_reached_outside(name: str) -> None:
    blocks = [rule for rule in egress("infra", f"cnpg-system/{name}") if "toCIDR" in rule]
    assert [list(rule["toCIDR"]) for rule in blocks] == [[MINIO]]
    assert blocks[0]["toPorts"] == [{"ports": [{"port": "9000", "protocol": "TCP"}]}]


def test_gitlab_reaches_the_data_services_of_the_other_cluster() -> None:
    for policy, port in (
        ("cnpg-system/gitlab-pooler-from-gitlab", "5432"),
        ("dragonfly-system/dragonfly-from-gitlab", "6379"),
    ):
        (rule,) = spec("infra", "CiliumNetworkPolicy", policy)["ingress"]
        (peer,) = rule["fromEndpoints"]
        assert peer["matchLabels"]["k8s:io.cilium.k8s.policy.cluster"] == "apps"
        assert rule["toPorts"] == [{"ports": [{"port": port, "protocol": "TCP"}]}]


@pytest.mark.parametrize("name", ["cnpg-system/gitlab-pooler", "dragonfly-system/dragonfly-global"])
def test_services_of_infra_have_their_name_on_apps(name: str) -> None:
    service = objects("apps", "Service")[name]
    assert service["metadata"]["annotations"]["service.cilium.io/global"] == "true"
    assert "selector" not in service["spec"]


def test_the_global_service_of_dragonfly_selects_its_primary() -> None:
    service = objects("infra", "Service")["dragonfly-system/dragonfly-global"]
    assert service["spec"]["selector"] == {
        "app": "dragonfly",
        "app.kubernetes.io/name": "dragonfly",
        "role": "master",
    }


def test_dragonfly_has_the_settings_of_the_inventory() -> None:
    made = spec("infra", "Dragonfly", "dragonfly-system/dragonfly")
    assert made["replicas"] == 3
    assert made["image"].endswith("/dragonfly:v1.34.2")
    assert made["resources"] == amounts("500m", "1Gi", "2", "2Gi")
    assert made["args"] == [
        "--maxmemory=1610612736",
        "--cache_mode=true",
        "--cluster_mode=emulated",
        "--dbfilename=dump",
        "--default_lua_flags=allow-undeclared-keys",
    ]
    claim = made["snapshot"]["persistentVolumeClaimSpec"]
    assert claim["storageClassName"] == "openebs-local-nvme"
    assert claim["resources"] == {"requests": {"storage": "10Gi"}}


def test_kafka_has_the_settings_of_the_inventory() -> None:
    made = spec("apps", "Kafka", "messaging/kafka-cluster")
    assert sorted(made) == ["entityOperator", "kafka", "kafkaExporter"]
    kafka = made["kafka"]
    assert kafka["version"] == "4.1.0"
    assert [(each["name"], each["port"], each["tls"]) for each in kafka["listeners"]] == [
        ("plain", 9092, False),
        ("tls", 9093, True),
    ]
    assert {each["authentication"]["type"] for each in kafka["listeners"]} == {"scram-sha-512"}
    assert kafka["config"]["min.insync.replicas"] == 2
    pool = spec("apps", "KafkaNodePool", "messaging/controller-broker")
    assert (pool["replicas"], pool["roles"]) == (3, ["controller", "broker"])
    assert pool["resources"] == amounts("1", "2Gi", "2", "4Gi")
    assert pool["jvmOptions"] == {"-Xmx": "2048m", "-Xms": "1024m"}
    (volume,) = pool["storage"]["volumes"]
    assert (volume["size"], volume["class"], volume["deleteClaim"]) == (
        "100Gi",
        "rook-ceph-block",
        False,
    )


def test_kafka_has_the_version_of_its_operators_api() -> None:
    for kind in ("Kafka", "KafkaNodePool"):
        for made in objects("apps", kind).values():
            assert made["apiVersion"] == "kafka.strimzi.io/v1beta2"
    rules = objects("apps", "ConfigMap")["messaging/kafka-metrics"]["data"]
    source = spec("apps", "Kafka", "messaging/kafka-cluster")["kafka"]["metricsConfig"]
    assert source["valueFrom"]["configMapKeyRef"]["key"] in rules


def test_examples_of_kafka_are_not_deployed() -> None:
    assert objects("apps", "KafkaTopic") == objects("apps", "KafkaUser") == {}


def test_the_example_topic_and_user_fit_the_cluster() -> None:
    alone = Cluster(
        Platform(),
        "home",
        domain=Host("example.com"),
        delivery=Flux(repository=GitRepository(url="https://git.example.com/platform")),
        kubernetes="1.34",
        offers=[CiliumNetwork()],
        layers=["infrastructure", "tooling"],
        provided_groups=["cilium.io"],
    )
    spaces = Component(alone, "namespaces", layer="infrastructure")
    home = spaces.declare(Namespace("messaging", pod_security="restricted"))
    operators = spaces.declare(Namespace("strimzi", pod_security="restricted"))
    alone.offer(StrimziOperator(alone, namespace=operators, watched=home).operator)
    block = Reference(spaces, "storage.k8s.io", "StorageClass", "block")
    kafka = KafkaCluster(alone, namespace=home, storage_class=block).kafka
    made = render(KafkaExample(alone, namespace=home, kafka=kafka))
    (topic,) = made.manifests("KafkaTopic")
    assert (topic["spec"]["partitions"], topic["spec"]["replicas"]) == (3, 3)
    assert topic["spec"]["config"]["retention.ms"] == 604800000
    (user,) = made.manifests("KafkaUser")
    rights = {
        (each["resource"]["type"], each["resource"]["name"]): each["operations"]
        for each in user["spec"]["authorization"]["acls"]
    }
    assert rights == {
        ("topic", "test-topic"): ["Write", "Create", "Read", "Describe"],
        ("group", "test-consumer-group"): ["Read", "Describe"],
    }
