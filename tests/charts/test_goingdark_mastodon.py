"""Mastodon on goingdark: environment, scaling, jobs, Tor, and the flows of its namespace."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import pytest

from charts.apps.mastodon.database import MastodonDatabase
from charts.clusters.goingdark.cluster import goingdark
from kubestrata import Platform
from kubestrata.constructs import Pods
from kubestrata.constructs.network import Hosts
from kubestrata.delivery.deliver import deliver
from kubestrata.testing import RenderedTree, assert_closed, assert_open, render
from tests.charts.goingdark_tree import applications, applied, objects, values, wave

Manifest = dict[str, Any]
HOME = "mastodon"
SIDEKIQS = ("default", "federation", "background", "scheduler")
PARTS = ("mastodon-web", "mastodon-streaming", *(f"mastodon-sidekiq-{each}" for each in SIDEKIQS))
# Variables of the inventory, and those that put its mistakes right.
TOTALS = {"mastodon-web": 86, "mastodon-streaming": 57}
SIDEKIQ_TOTAL = 81
_HOST = "MASTODON_PROMETHEUS_EXPORTER_HOST"
ADDED = {
    "mastodon-web": {_HOST, "MASTODON_PROMETHEUS_EXPORTER_WEB_DETAILED_METRICS"},
    "mastodon-streaming": {_HOST, "NODE_EXTRA_CA_CERTS"},
}


def deployment(name: str) -> Manifest:
    return objects("Deployment")[f"{HOME}/{name}"]


def pod(manifest: Manifest) -> Manifest:
    found: Manifest = manifest["spec"]["template"]["spec"]
    return found


def container(manifest: Manifest) -> Manifest:
    found: Manifest = pod(manifest)["containers"][0]
    return found


def environment(manifest: Manifest) -> dict[str, Any]:
    """Return the variables of a container as its kubelet merges them; Secrets have no values."""
    merged: dict[str, Any] = {}
    main = container(manifest)
    for source in main.get("envFrom", ()):
        if "secretRef" in source:
            secret = objects("ExternalSecret")[f"{HOME}/{source['secretRef']['name']}"]
            merged |= dict.fromkeys(each["secretKey"] for each in secret["spec"]["data"])
        else:
            merged |= objects("ConfigMap")[f"{HOME}/{source['configMapRef']['name']}"]["data"]
    for each in main.get("env", ()):
        merged[each["name"]] = each.get("value")
    return merged


@pytest.mark.parametrize("name", PARTS)
def test_each_part_has_the_variables_of_the_inventory(name: str) -> None:
    found = environment(deployment(name))
    added = ADDED.get(name, {_HOST})
    assert added <= set(found)
    assert len(found) - len(added) == TOTALS.get(name, SIDEKIQ_TOTAL)


def test_groups_of_variables_are_in_one_config_map_each() -> None:
    names = {
        source["configMapRef"]["name"].rpartition("-")[0]
        for name in PARTS
        for source in container(deployment(name))["envFrom"]
        if "configMapRef" in source
    }
    assert sorted(names) == [
        "mastodon-core",
        "mastodon-database",
        "mastodon-external-services",
        "mastodon-features",
        "mastodon-redis",
        "mastodon-search",
        "mastodon-sidekiq",
        "mastodon-streaming",
        "mastodon-web",
    ]


def test_no_variable_is_in_two_groups() -> None:
    groups = {
        source["configMapRef"]["name"]
        for name in PARTS
        for source in container(deployment(name))["envFrom"]
        if "configMapRef" in source
    }
    names = [name for group in groups for name in objects("ConfigMap")[f"{HOME}/{group}"]["data"]]
    assert len(groups) == 9
    assert len(names) == len(set(names))


def test_variables_name_the_services_of_the_cluster() -> None:
    found = environment(deployment("mastodon-web"))
    expected = {
        "DB_HOST": "database-cnpg-pooler-rw",
        "REPLICA_DB_HOST": "database-cnpg-pooler-ro",
        "REDIS_HOST": "mastodon-redis-master",
        "REDIS_URL": "redis://mastodon-redis-master:6379/0",
        "QUERY_CACHE_REDIS_URL": "redis://mastodon-redis-master:6379/4",
        "ES_HOST": "https://elasticsearch-es-http",
        "http_hidden_proxy": "http://tor-proxy.mastodon.svc.cluster.local:8118",
        "S3_ALIAS_HOST": "cdn.goingdark.social",
        "STREAMING_API_BASE_URL": "wss://goingdark.social",
        "MASTODON_PROMETHEUS_EXPORTER_LOCAL": "true",
    }
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("queue", "threads"),
    [("default", "15"), ("federation", "20"), ("background", "10"), ("scheduler", "5")],
)
def test_a_worker_has_a_database_connection_for_each_thread(queue: str, threads: str) -> None:
    made = deployment(f"mastodon-sidekiq-{queue}")
    assert environment(made)["DB_POOL"] == threads
    assert container(made)["args"][-2:] == ["-c", threads]


def test_the_streaming_server_trusts_the_authority_of_the_database() -> None:
    made = deployment("mastodon-streaming")
    authority = environment(made)["NODE_EXTRA_CA_CERTS"]
    (mount,) = container(made)["volumeMounts"]
    assert authority == f"{mount['mountPath']}/ca.crt"
    (volume,) = pod(made)["volumes"]
    assert volume["secret"]["secretName"] == "database-cnpg-ca"
    alternative = objects("Cluster")["mastodon/database-cnpg"]["spec"]["certificates"]
    assert environment(made)["DB_HOST"] in alternative["serverAltDNSNames"]


@pytest.mark.parametrize(
    ("server", "archive"),
    [
        ("database", {"barmanObjectName": "database-backup"}),
        (
            "database-cnpg",
            {"barmanObjectName": "database-backup", "serverName": "database-cnpg-restored"},
        ),
    ],
)
def test_the_database_is_restored_from_its_backups_by_one_argument(
    monkeypatch: pytest.MonkeyPatch, server: str, archive: dict[str, str]
) -> None:
    restored = partial(MastodonDatabase, restored_from=server)
    monkeypatch.setattr("charts.clusters.goingdark.mastodon.MastodonDatabase", restored)
    (spec,) = (
        file.manifest["spec"]
        for unit in deliver(goingdark(Platform())).units
        for file in unit.files or ()
        if file.manifest and file.manifest["apiVersion"] == "postgresql.cnpg.io/v1"
        if file.manifest["kind"] == "Cluster"
    )
    assert spec["bootstrap"] == {
        "recovery": {"source": "origin", "database": "mastodon", "owner": "app"}
    }
    (origin,) = spec["externalClusters"]
    assert origin["plugin"]["parameters"] == {
        "barmanObjectName": "database-backup",
        "serverName": server,
    }
    (archiver,) = spec["plugins"]
    assert archiver["parameters"] == archive


def test_metrics_of_autoscalers_exist_at_the_adapter() -> None:
    rules = {each["name"]["as"]: each for each in values("prometheus-adapter")["rules"]["external"]}
    used = {
        metric["external"]["metric"]["name"]: metric["external"]["metric"].get("selector", {})
        for each in objects("HorizontalPodAutoscaler").values()
        for metric in each["spec"]["metrics"]
        if metric["type"] == "External"
    }
    assert set(used) == {
        "mastodon_streaming_connected_clients",
        "ruby_http_request_queue_duration_seconds_p99",
        "ruby_puma_request_backlog",
        "sidekiq_queue_latency_seconds",
    }
    for name, selector in used.items():
        # The query keeps the labels that an autoscaler selects by.
        grouped = rules[name]["metricsQuery"].rpartition("by (")[2]
        assert set(selector.get("matchLabels", ())) <= set(grouped.rstrip(")").split(", "))


def test_autoscalers_have_the_bounds_of_the_inventory() -> None:
    found = {
        name: (each["spec"]["minReplicas"], each["spec"]["maxReplicas"])
        for name, each in objects("HorizontalPodAutoscaler").items()
    }
    assert found == {
        "mastodon/mastodon-sidekiq-background": (1, 3),
        "mastodon/mastodon-sidekiq-default": (1, 4),
        "mastodon/mastodon-sidekiq-federation": (1, 4),
        "mastodon/mastodon-streaming": (1, 3),
        "mastodon/mastodon-web": (2, 4),
    }
    for name in found:
        assert "replicas" not in objects("Deployment")[name]["spec"]
    up = objects("HorizontalPodAutoscaler")["mastodon/mastodon-web"]["spec"]["behavior"]["scaleUp"]
    assert up == {
        "policies": [{"type": "Pods", "value": 2, "periodSeconds": 30}],
        "selectPolicy": "Max",
        "stabilizationWindowSeconds": 30,
    }


@pytest.mark.parametrize("name", PARTS)
def test_each_part_has_one_budget_and_its_priority(name: str) -> None:
    labels = {"app.kubernetes.io/name": name}
    budgets = [
        each["spec"]
        for each in objects("PodDisruptionBudget").values()
        if each["spec"]["selector"]["matchLabels"] == labels
    ]
    assert [each["maxUnavailable"] for each in budgets] == [1]
    spec = pod(deployment(name))
    assert spec["priorityClassName"] == "mastodon-high"
    assert [each["key"] for each in spec["tolerations"]] == ["autoscaler-node"]
    (spread,) = spec["topologySpreadConstraints"]
    assert (spread["topologyKey"], spread["whenUnsatisfiable"]) == (
        "kubernetes.io/hostname",
        "ScheduleAnyway",
    )


def test_migrations_run_before_each_sync_without_a_pool() -> None:
    job = objects("Job")["mastodon/mastodon-db-migrate"]
    assert job["metadata"]["annotations"]["argocd.argoproj.io/hook"] == "PreSync"
    found = environment(job)
    assert found["DB_HOST"] == "database-cnpg-rw"
    assert (found["DB_SSLMODE"], found["PREPARED_STATEMENTS"]) == ("verify-ca", "false")
    assert "DB_PASS" in found
    assert "SECRET_KEY_BASE" in found


def test_what_a_migration_uses_exists_before_it() -> None:
    made = {
        (each["kind"], each["metadata"]["name"]): application for application, each in applied()
    }
    assert wave(made["ExternalSecret", "mastodon-app-secrets"]) < wave("mastodon")
    assert wave(made["Cluster", "database-cnpg"]) < wave("mastodon")
    account = objects("ServiceAccount")["mastodon/mastodon-db-migrate"]["metadata"]
    assert account["annotations"]["argocd.argoproj.io/hook"] == "PreSync"


def test_runbooks_wait_until_somebody_resumes_them() -> None:
    jobs = {
        each["metadata"]["name"].rpartition("-")[0]: each
        for application, each in applied()
        if application == "mastodon-runbooks" and each["kind"] == "Job"
    }
    assert sorted(jobs) == [
        "mastodon-cache-recount-accounts",
        "mastodon-cache-recount-statuses",
        "mastodon-db-migrate-post-deployment",
        "mastodon-db-migrate-pre-deployment",
        "mastodon-remove-orphans",
        "mastodon-search-deploy",
    ]
    assert all(each["spec"]["suspend"] for each in jobs.values())
    ignored = applications()["mastodon-runbooks"]["spec"]["ignoreDifferences"]
    assert {each["name"] for each in ignored} == {
        each["metadata"]["name"] for each in jobs.values()
    }
    assert {tuple(each["jsonPointers"]) for each in ignored} == {("/spec/suspend",)}


def test_the_search_is_built_with_the_authority_of_its_server() -> None:
    (job,) = (
        each
        for name, each in objects("Job").items()
        if name.startswith("mastodon/mastodon-search-deploy")
    )
    found = environment(job)
    assert "ES_CA_FILE" not in found
    mounts = [each["mountPath"] for each in container(job)["volumeMounts"]]
    assert found["SSL_CERT_FILE"] in mounts
    assert found["HTTPS_PROXY"] == ""
    assert found["no_proxy"].startswith("elasticsearch-es-http,")


def test_checks_of_the_database_verify_its_certificate() -> None:
    found = {name: each["spec"] for name, each in objects("CronJob").items()}
    assert {name: (each["schedule"], each["suspend"]) for name, each in found.items()} == {
        "mastodon/mastodon-pg-amcheck-monthly": ("45 3 1 * *", True),
        "mastodon/mastodon-pg-amcheck-weekly": ("30 3 * * 1", True),
    }
    server = objects("Cluster")["mastodon/database-cnpg"]["spec"]["imageName"]
    for spec in found.values():
        check = container(spec["jobTemplate"])
        variables = {each["name"]: each.get("value") for each in check["env"]}
        assert (variables["PGHOST"], variables["PGSSLMODE"]) == ("database-cnpg-rw", "verify-ca")
        # Its version of the tool is that of the server.
        assert check["image"] == server


def test_redis_starts_from_settings_it_can_read() -> None:
    spec = pod(objects("StatefulSet")["mastodon/mastodon-redis-master"])
    assert spec["priorityClassName"] == "mastodon-critical"
    # Its volume keeps it on one node.
    assert "tolerations" not in spec
    names = [each["configMap"]["name"] for each in spec["volumes"] if "configMap" in each]
    data = {
        key: text
        for name in names
        for key, text in objects("ConfigMap")[f"{HOME}/{name}"]["data"].items()
    }
    assert {"redis.conf", "master.conf", "start-master.sh"} <= set(data)
    (redis,) = spec["containers"]
    for probe in (redis["livenessProbe"], redis["readinessProbe"]):
        assert probe["exec"]["command"][0].removeprefix("/health/") in data
    assert 'rename-command FLUSHALL ""' in data["master.conf"]
    modes = {
        each["name"]: each["configMap"]["defaultMode"]
        for each in spec["volumes"]
        if "configMap" in each
    }
    assert modes == {"config": 0o444, "health": 0o755, "start-scripts": 0o755}


def test_the_address_in_tor_leads_to_web_and_streaming() -> None:
    (config,) = (
        each["data"]["torrc"]
        for name, each in objects("ConfigMap").items()
        if name.startswith("mastodon/mastodon-onion-torrc")
    )
    ports = [line.split()[1:] for line in config.splitlines() if "HiddenServicePort" in line]
    home = "mastodon.svc.cluster.local"
    assert ports == [
        ["80", f"mastodon-web.{home}:3000"],
        ["4000", f"mastodon-streaming.{home}:4000"],
    ]


def test_only_the_keys_of_tor_are_restored_as_root() -> None:
    root = {
        each["name"]
        for manifest in objects("Deployment").values()
        for each in (*pod(manifest).get("initContainers", ()), *pod(manifest)["containers"])
        if each["securityContext"].get("runAsUser") == 0
    }
    assert root == {"restore-onion", "tor-proxy"}
    spec = pod(deployment("mastodon-onion"))
    assert spec["securityContext"]["runAsUser"] == 100
    assert deployment("mastodon-onion")["spec"]["strategy"] == {"type": "Recreate"}


# Pods that are not in the tree: an operator or a chart creates them.
SCRAPER = Pods(
    "vmagent",
    "victoriametrics",
    {"app.kubernetes.io/name": "vmagent", "app.kubernetes.io/instance": "vm"},
)
STRANGER = Pods("stranger", "cryptpad", {"app": "cryptpad"})
NEIGHBOUR = Pods("neighbour", HOME, {"app": "neighbour"})
INSTANCE = Pods(
    "instance", HOME, {"cnpg.io/cluster": "database-cnpg", "cnpg.io/podRole": "instance"}
)
POOLER = Pods("pooler", HOME, {"app": "database-cnpg-pooler-rw"})
SEARCH = Pods("search", HOME, {"elasticsearch.k8s.elastic.co/cluster-name": "elasticsearch"})
OPERATOR = Pods("operator", "cnpg-system", {"app.kubernetes.io/name": "cloudnative-pg"})
ECK = Pods("eck", "elastic-system", {"control-plane": "elastic-operator"})
INDEXING = Pods("indexing", HOME, {"mastodon-job": "true", "elasticsearch-client": "true"})
WEB, STREAMING = "Deployment/mastodon-web", "Deployment/mastodon-streaming"
WORKER = "Deployment/mastodon-sidekiq-default"
MAILER = "Deployment/mastodon-sidekiq-background"
ONION, PROXY = "Deployment/mastodon-onion", "Deployment/tor-proxy"
REDIS = "StatefulSet/mastodon-redis-master"
MIGRATION = "Job/mastodon-db-migrate"
SERVERS = (WEB, STREAMING, WORKER, MAILER)
INTERNET = Hosts(["social.example.com"])

OPEN: list[tuple[Any, Any, int]] = [
    *((each, REDIS, 6379) for each in (*SERVERS, MIGRATION)),
    *((each, POOLER, 5432) for each in (*SERVERS, MIGRATION)),
    *((each, SEARCH, 9200) for each in (WEB, WORKER, MAILER)),
    (INDEXING, SEARCH, 9200),
    (INDEXING, REDIS, 6379),
    (POOLER, INSTANCE, 5432),
    (INSTANCE, INSTANCE, 5432),
    (MIGRATION, INSTANCE, 5432),
    (OPERATOR, INSTANCE, 8000),
    (ECK, SEARCH, 9200),
    (WEB, PROXY, 8118),
    (WORKER, PROXY, 8118),
    (ONION, WEB, 3000),
    (ONION, STREAMING, 4000),
    (SCRAPER, WEB, 9394),
    (SCRAPER, WORKER, 9394),
    (SCRAPER, STREAMING, 4000),
    (SCRAPER, INSTANCE, 9187),
    (WEB, INTERNET, 443),
    (WORKER, INTERNET, 443),
    (INSTANCE, INTERNET, 443),
    (MAILER, INTERNET, 587),
    (PROXY, INTERNET, 9001),
    # Any pod may use Redis, and any client CryptPad.
    (STRANGER, REDIS, 6379),
    (OPERATOR, "Deployment/cryptpad", 3000),
    (ONION, INTERNET, 9001),
]
CLOSED: list[tuple[Any, Any, int]] = [
    *((STRANGER, each, 3000) for each in (WEB,)),
    (STRANGER, WEB, 9394),
    (OPERATOR, "Deployment/cryptpad", 3001),
    (STRANGER, STREAMING, 4000),
    (STRANGER, PROXY, 8118),
    (STRANGER, POOLER, 5432),
    (STRANGER, INSTANCE, 5432),
    (STRANGER, SEARCH, 9200),
    (STRANGER, ONION, 80),
    (NEIGHBOUR, WEB, 3000),
    (NEIGHBOUR, REDIS, 6379),
    (NEIGHBOUR, INSTANCE, 5432),
    (NEIGHBOUR, INTERNET, 443),
    (WEB, INSTANCE, 5432),
    (WEB, STREAMING, 4000),
    (STREAMING, SEARCH, 9200),
    (STREAMING, PROXY, 8118),
    (STREAMING, INTERNET, 443),
    (MIGRATION, SEARCH, 9200),
    (WORKER, INTERNET, 587),
    (WEB, INTERNET, 25),
    (WEB, ONION, 80),
    (ONION, INSTANCE, 5432),
    (ONION, SEARCH, 9200),
    (SCRAPER, SEARCH, 9200),
    (SCRAPER, WEB, 3000),
    (SEARCH, INTERNET, 443),
]


@cache
def rendered() -> RenderedTree:
    return render(goingdark(Platform()))


def named(party: Any) -> str:
    if isinstance(party, str):
        return party.partition("/")[2]
    return party.name if isinstance(party, Pods) else "internet"


def flow_name(flow: Any) -> str:
    return f"{named(flow[0])}-{named(flow[1])}-{flow[2]}"


@pytest.mark.parametrize("flow", OPEN, ids=flow_name)
def test_flows_of_the_inventory_are_open(flow: tuple[Any, Any, int]) -> None:
    assert_open(rendered(), *flow)


@pytest.mark.parametrize("flow", CLOSED, ids=flow_name)
def test_all_other_flows_are_closed(flow: tuple[Any, Any, int]) -> None:
    assert_closed(rendered(), *flow)
