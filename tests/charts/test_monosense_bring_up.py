"""The first start of infra and apps, read from `dist/`: nothing waits for what never comes."""

from __future__ import annotations

import re
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from charts.clusters.monosense.apps import APPS
from charts.clusters.monosense.infra import INFRA

DIST = Path(__file__).resolve().parents[2] / "dist"
CLUSTERS = ("apps", "infra")
# Beans that a broker and a controller of Kafka publish, as the exporter writes them.
BEANS = (
    "kafka.server<type=ReplicaManager, name=LeaderCount><>Value",
    "kafka.server<type=ReplicaManager, name=UnderReplicatedPartitions><>Value",
    "kafka.server<type=ReplicaManager, name=IsrShrinksPerSec><>Count",
    "kafka.server<type=KafkaRequestHandlerPool, name=RequestHandlerAvgIdlePercent><>OneMinuteRate",
    "kafka.network<type=SocketServer, name=NetworkProcessorAvgIdlePercent><>Value",
    "kafka.controller<type=KafkaController, name=ActiveControllerCount><>Value",
    "kafka.controller<type=KafkaController, name=OfflinePartitionsCount><>Value",
    "kafka.controller<type=ControllerStats, name=LeaderElectionRateAndTimeMs><>Count",
    "kafka.log<type=Log, name=Size, topic=orders, partition=0><>Value",
)
# Of the exporter of lags.
LAG = "kafka_consumergroup_lag"


@cache
def objects(cluster: str, kind: str) -> dict[str, Any]:
    """Return the objects of a kind, as `namespace/name`."""
    found: dict[str, Any] = {}
    for file in sorted((DIST / cluster).rglob(f"*-{kind.lower()}.yaml")):
        made = yaml.safe_load(file.read_text())
        head = made["metadata"]
        found[f"{head.get('namespace', '')}/{head['name']}"] = made["spec"]
    return found


def release(cluster: str, name: str) -> Any:
    return objects(cluster, "HelmRelease")[name]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_cilium_does_not_wait_for_its_hooks_and_the_address_of_the_mesh(cluster: str) -> None:
    """Hooks run after Helm has waited, and the pool of addresses waits for this release."""
    cilium = release(cluster, "kube-system/cilium")
    assert cilium["values"]["hubble"]["tls"]["auto"]["method"] == "cronJob"
    assert (cilium["install"]["disableWait"], cilium["upgrade"]["disableWait"]) == (True, True)
    helmfile = yaml.safe_load((DIST / cluster / "bootstrap" / "helmfile.yaml").read_text())
    waits = {each["name"]: each.get("wait", True) for each in helmfile["releases"]}
    assert {name for name, wait in waits.items() if not wait} == {"cilium"}
    unit = objects(cluster, "Kustomization")["flux-system/cilium"]
    assert [each["kind"] for each in unit["healthChecks"]] == ["HelmRelease", "DaemonSet"]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_pods_keep_their_address_in_the_other_cluster(cluster: str) -> None:
    routed = ip_network(release(cluster, "kube-system/cilium")["values"]["ipv4NativeRoutingCIDR"])
    for settings in (INFRA, APPS):
        assert ip_network(settings.pods).subnet_of(routed)  # type: ignore[arg-type]
    assert not routed.overlaps(ip_network("10.25.0.0/16"))


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_cert_manager_reaches_the_api_that_validates_the_domain(cluster: str) -> None:
    reached = {
        host["matchName"]
        for name, each in objects(cluster, "CiliumNetworkPolicy").items()
        if name.startswith("cert-manager/cert-manager-controller")
        for rule in each.get("egress", [])
        for host in rule.get("toFQDNs", [])
    }
    assert reached == {
        "acme-staging-v02.api.letsencrypt.org",
        "acme-v02.api.letsencrypt.org",
        "api.cloudflare.com",
    }


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_the_wildcard_certificate_has_the_key_and_the_usages_of_the_inventory(cluster: str) -> None:
    made = objects(cluster, "Certificate")["kube-system/wildcard-tls"]
    assert (made["privateKey"]["algorithm"], made["privateKey"]["size"]) == ("RSA", 2048)
    assert made["usages"] == ["digital signature", "key encipherment", "server auth"]


def test_keycloak_has_the_time_of_its_startup_probe() -> None:
    keycloak = objects("infra", "Keycloak")["keycloak-system/keycloak"]
    probe = keycloak["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] == 600
    assert objects("infra", "Kustomization")["flux-system/keycloak"]["timeout"] == "15m"
    pool = (keycloak["db"][f"pool{each}Size"] for each in ("Min", "Initial", "Max"))
    assert tuple(pool) == (5, 10, 20)


def test_metrics_of_keycloak_are_read_by_tls_like_its_certificate() -> None:
    assert objects("infra", "Keycloak")["keycloak-system/keycloak"]["http"]["tlsSecret"]
    scrape = objects("infra", "VMServiceScrape")["keycloak-system/keycloak"]
    (endpoint,) = scrape["endpoints"]
    assert (endpoint["port"], endpoint["scheme"]) == ("management", "https")


@pytest.mark.parametrize(
    ("name", "port"),
    [("cnpg-system/gitlab-pooler", "pgbouncer"), ("dragonfly-system/dragonfly-global", "redis")],
)
def test_a_global_service_names_its_port_like_the_one_of_infra(name: str, port: str) -> None:
    """Backends of another cluster are found by the name of the port."""
    (own,) = objects("apps", "Service")[name]["ports"]
    assert own["name"] == port


@pytest.mark.parametrize(
    ("cluster", "name", "interval"),
    [
        ("infra", "kube-system/cilium", "5m"),
        ("infra", "external-secrets/external-secrets", "10m"),
        ("infra", "kube-system/coredns", "30m"),
        ("infra", "dragonfly-operator-system/dragonfly-operator", "30m"),
        ("infra", "harbor/harbor", "30m"),
        ("infra", "fluent-bit/fluent-bit", "30m"),
        ("apps", "strimzi-operator-system/strimzi-operator", "30m"),
        ("apps", "gitlab-system/gitlab", "1h"),
    ],
)
def test_releases_are_reconciled_in_the_intervals_of_the_inventory(
    cluster: str, name: str, interval: str
) -> None:
    assert release(cluster, name)["interval"] == interval


def test_the_rules_of_kafka_make_the_metrics_of_its_alerts() -> None:
    config = DIST / "apps" / "tooling" / "kafka-cluster" / "kafka-metrics-configmap.yaml"
    text = yaml.safe_load(config.read_text())["data"]["kafka-metrics-config.yml"]
    rules = yaml.safe_load(text)["rules"]
    made = {_metric(bean, rules) for bean in BEANS}
    expressions = [
        alert["expr"]
        for group in objects("infra", "VMRule")["observability/kafka"]["groups"]
        for alert in group["rules"]
    ]
    used = {name for each in expressions for name in re.findall(r"kafka_\w+", each)}
    assert used - {LAG} == made


def _metric(bean: str, rules: list[Any]) -> str:
    """Return the name that the first matching rule gives a bean."""
    for rule in rules:
        found = re.search(rule["pattern"], bean)
        if found is not None:
            return found.expand(rule["name"].replace("$", "\\")).lower()
    return ""


def test_jobs_of_gitlab_use_the_ports_of_the_inventory() -> None:
    policy = objects("apps", "CiliumNetworkPolicy")["gitlab-runner/gitlab-jobs"]
    reached = {
        (*each.get("toEntities", []), *each.get("toCIDR", [])): [
            port["port"] for ports in each["toPorts"] for port in ports["ports"]
        ]
        for each in policy["egress"]
    }
    assert reached == {("10.25.11.3/32",): ["9000"], ("world",): ["80", "443"]}


@pytest.mark.parametrize("name", ["gitaly", "gitlab-exporter", "sidekiq", "webservice"])
def test_metrics_of_gitlab_are_scraped_through_the_baseline(name: str) -> None:
    id = f"gitlab-system/gitlab-{name.removeprefix('gitlab-')}"
    labels = objects("apps", "VMPodScrape")[id]["selector"]["matchLabels"]
    assert labels == {"release": "gitlab", "app": name}
    policy = objects("apps", "CiliumNetworkPolicy")[f"{id}-from-vmagent"]
    assert policy["endpointSelector"]["matchLabels"] == labels


@pytest.mark.parametrize(
    ("cluster", "kinds"),
    [
        ("apps", {"VMAgent"}),
        ("infra", {"VMAgent", "VMAlert", "VMAlertmanager", "VMAuth", "VMCluster"}),
    ],
)
def test_metrics_are_ready_once_the_operator_runs_all_parts(cluster: str, kinds: set[str]) -> None:
    unit = objects(cluster, "Kustomization")["flux-system/victoria-metrics"]
    assert {each["kind"] for each in unit["healthChecks"]} == {"HelmRelease", *kinds}
    assert {each["kind"] for each in unit["healthCheckExprs"]} == kinds
