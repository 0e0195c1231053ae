"""Observability of infra and apps: stores, senders, scrapes, alerts and dashboards."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from itertools import combinations
from typing import Any

import promql_parser
import pytest

from charts import catalogue
from charts.clusters.monosense.apps import apps
from charts.clusters.monosense.infra import infra
from charts.observability.boards.board import Board
from charts.observability.boards.central import (
    CLUSTER_COMPARISON,
    CNPG_POOLER,
    DRAGONFLY,
    GLOBAL_OVERVIEW,
    VICTORIA_LOGS,
)
from kubestrata import Platform
from kubestrata.constructs.observability.dashboard_model import read_dashboard
from kubestrata.delivery.deliver import deliver

Manifest = dict[str, Any]
Objects = dict[tuple[str, str], Manifest]
HOME = "observability"
STORE = "victoria-metrics-global"
BOARDS = [CLUSTER_COMPARISON, CNPG_POOLER, DRAGONFLY, GLOBAL_OVERVIEW, VICTORIA_LOGS]
SEVERITIES = {"c": "critical", "h": "high", "i": "info", "w": "warning"}
# Group -> alerts as `name duration severity`, by the first letter of the severity.
ALERTS = {
    "coredns": "CoreDNSAbsent 5m c, CoreDNSDown 5m c, CoreDNSHighErrorRate 10m w,"
    " CoreDNSLatencyHigh 10m w",
    "cloudflared.rules": "CloudflaredNotReady 5m w",
    "external-dns-cloudflare.rules": "ExternalDNSCloudflareStale 5m c",
    "external-dns-rfc2136.rules": "ExternalDNSRFC2136Stale 5m c",
    "cert-manager.rules": "CertManagerAbsent 5m c, CertificateExpiringSoon 1h w,"
    " CertificateNotReady 15m w",
    "external-secrets.rules": "ExternalSecretsOperatorDown 5m c, SecretSyncFailed 10m w",
    "openebs": "OpenEBSProvisionerDown 5m w, OpenEBSPVCBindingFailed 5m w,"
    " OpenEBSHighDiskUsage 10m w, OpenEBSStorageCapacityWarning 10m w,"
    " OpenEBSStorageCapacityCritical 5m c, OpenEBSHighMemoryUsage 10m w",
    "rook-ceph-operator": "RookCephOperatorDown 5m c, RookCephOperatorReconcileErrors 10m w,"
    " RookCephCRDMissing 5m c, RookCephDiscoveryDaemonDown 10m w,"
    " RookCephOperatorCrashLooping 5m w, RookCephOperatorHighMemory 10m w",
    "rook-ceph-cluster": "CephClusterHealthWarning 10m w, CephClusterHealthError 5m c,"
    " CephOSDDown 5m w, CephOSDNearFull 10m w, CephPGDegraded 15m w, CephPoolNearFull 10m w",
    "victoria-metrics-vmcluster.rules": "VMStorageDown 2m c, VMSelectDown 2m c, VMInsertDown 2m c,"
    " VMAuthDown 2m c, VMAlertDown 2m c, AlertmanagerDown 2m c, GrafanaDown 2m c,"
    " VMStorageHighMemoryUsage 5m w, VMStorageDiskSpaceHigh 10m w, VMSelectHighRequestRate 5m w,"
    " VMInsertHighRequestRate 5m w, VMInsertSlowRequests 5m w, VMAlertRuleEvaluationErrors 2m w,"
    " AlertmanagerNotificationFailures 5m w, GrafanaHighMemoryUsage 10m w,"
    " VictoriaMetricsClusterDegraded 5m c, VictoriaMetricsDataIngestionStalled 15m w,"
    " VMStorageCapacityWarning 30m w, VMStorageCapacityCritical 15m c, VMHighCardinality 15m w,"
    " VMSelectSlowQueries 5m w, VMSelectQueryQueueFull 5m w, VMDeduplicationIneffective 1h i",
    "cloudnativepg.operator": "CNPGOperatorDown 5m c, CNPGOperatorHighRestarts 5m w,"
    " CNPGWebhookErrors 5m w, CNPGReconciliationErrors 15m w, CNPGOperatorNotHighlyAvailable 15m w",
    "cloudnativepg.cluster": "CNPGClusterNotReady 5m c, CNPGClusterPrimaryMissing 2m c,"
    " CNPGClusterReplicasBelowTarget 10m w, CNPGReplicationLagHigh 5m w,"
    " CNPGReplicationLagCritical 2m c, CNPGSyncReplicationDegraded 10m w, CNPGBackupFailed 5m c,"
    " CNPGBackupOverdue 1h c, CNPGStorageNearFull 15m w, CNPGConnectionsNearLimit 10m w,"
    " CNPGWALGenerationHigh 15m w, CNPGTableNeedsVacuum 1h w",
    "cloudnativepg.pooler": "CNPGPoolerNotReady 5m w, CNPGPoolerConnectionsHigh 10m w,"
    " CNPGPoolerServerConnectionsExhausted 5m w, CNPGPoolerWaitQueueBuildup 5m w,"
    " CNPGPoolerQueueDepthCritical 2m c",
    "dragonfly.availability": "DragonflyDown 5m c, DragonflyNoPrimary 2m c,"
    " DragonflyReplicaCountLow 10m w",
    "dragonfly.performance": "DragonflyMemoryHigh 10m w, DragonflyMemoryCritical 5m c,"
    " DragonflyDiskNearFull 15m w, DragonflyCommandRateHigh 10m w",
    "dragonfly.replication": "DragonflyReplicationLagHigh 5m w, DragonflyReplicationBroken 5m c,"
    " DragonflyRoleChange 1m w",
    "strimzi.operator.availability": "StrimziOperatorDown 5m c, StrimziOperatorHighRestarts 5m w,"
    " StrimziOperatorNotHighlyAvailable 15m w",
    "strimzi.operator.reconciliation": "StrimziReconciliationErrors 15m w,"
    " StrimziSlowReconciliation 15m w",
    "strimzi.operator.resources": "StrimziOperatorHighMemoryUsage 10m w,"
    " StrimziOperatorHighCPUThrottling 10m w",
    "strimzi.operator.crds": "StrimziCRDValidationErrors 10m w",
    "kafka.availability": "KafkaBrokerDown 5m c, KafkaUnderReplicatedPartitions 15m h,"
    " KafkaOfflinePartitions 5m c, KafkaISRShrinkRateHigh 15m w",
    "kafka.storage": "KafkaDiskUsageHigh 30m w",
    "kafka.consumers": "KafkaConsumerGroupLagHigh 15m w",
    "kafka.performance": "KafkaRequestHandlerIdleLow 30m w, KafkaNetworkHandlerIdleLow 30m w",
    "kafka.controller": "KafkaNoActiveController 5m c, KafkaLeaderElectionRateHigh 15m h",
    "kafka.jvm": "KafkaBrokerHeapUsageHigh 15m h, KafkaBrokerGCTimeHigh 15m w",
    "keycloak.availability": "KeycloakDown 5m c, KeycloakNotHighlyAvailable 10m w",
    "keycloak.performance": "KeycloakHighErrorRate 10m w, KeycloakHighResponseTime 10m w",
    "keycloak.jvm": "KeycloakJVMMemoryHigh 10m w, KeycloakJVMMemoryCritical 5m c,"
    " KeycloakJVMGCPressure 10m w",
    "keycloak.database": "KeycloakDatabaseConnectionsHigh 10m w,"
    " KeycloakDatabaseConnectionsCritical 5m c",
    "keycloak.clustering": "KeycloakClusteringIssue 5m w",
    "harbor.availability": "HarborCoreUnavailable 5m c, HarborRegistryUnavailable 5m c",
    "harbor.database": "HarborDatabaseConnectivityIssue 5m c",
    "harbor.redis": "HarborRedisConnectivityIssue 5m c",
    "harbor.storage": "HarborStorageErrors 10m w",
    "harbor.scanning": "HarborTrivyScanFailures 15m w",
    "harbor.performance": "HarborHighLatency 10m w",
    "harbor.certificates": "HarborCertificateExpiringSoon 1h w",
    "gitlab.availability": "GitLabWebUnavailable 5m c, GitLabSidekiqQueueBacklog 15m w",
    "gitlab.dependencies": "GitLabDatabaseConnectivityIssue 5m c,"
    " GitLabRedisConnectivityIssue 5m c, GitLabS3Errors 10m w",
    "gitlab.security": "GitLabCertificateExpiringSoon 1h w",
    "gitlab.performance": "GitLabHighErrorRate 10m w, GitLabLowSuccessRate 15m w",
    "arc.controller": "ARCControllerDown 5m c",
    "arc.runners": "ARCNoRunnersAvailable 5m c, ARCJobBacklog 10m w, ARCSlowJobStartup 10m w,"
    " ARCHighFailureRate 5m w, ARCApproachingMaxRunners 10m i",
    "arc.storage": "ARCStorageExhausted 15m w, ARCDinDLivenessFailed 5m w",
    "arc.listener": "ARCListenerDown 5m c",
}


@cache
def objects() -> dict[str, dict[str, Objects]]:
    """Return the objects of both clusters by kind, namespace and name."""
    platform = Platform()
    clusters = [apps(platform), infra(platform)]
    found: dict[str, dict[str, Objects]] = {}
    for cluster in clusters:
        kinds = found.setdefault(cluster.name, {})
        for unit in deliver(cluster).units:
            for file in unit.files or ():
                if manifest := file.manifest:
                    metadata = manifest["metadata"]
                    key = metadata.get("namespace", ""), metadata["name"]
                    kinds.setdefault(manifest["kind"], {})[key] = manifest
    return found


def of_kind(cluster: str, kind: str) -> Objects:
    return objects()[cluster].get(kind, {})


def values(cluster: str, namespace: str, name: str) -> Manifest:
    found: Manifest = of_kind(cluster, "HelmRelease")[namespace, name]["spec"]["values"]
    return found


def rules() -> list[Manifest]:
    return [
        rule
        for kind in ("PrometheusRule", "VMRule")
        for each in of_kind("infra", kind).values()
        for group in each["spec"]["groups"]
        for rule in group["rules"]
    ]


def test_rules_are_where_the_metrics_of_both_clusters_are() -> None:
    counts = {
        cluster: [len(of_kind(cluster, kind)) for kind in ("PrometheusRule", "VMRule")]
        for cluster in ("infra", "apps")
    }
    assert counts == {"infra": [10, 9], "apps": [0, 0]}


def test_groups_have_the_alerts_of_the_platform() -> None:
    groups = {
        group["name"]: [
            f"{each['alert']} {each['for']} {each['labels']['severity']}" for each in group["rules"]
        ]
        for kind in ("PrometheusRule", "VMRule")
        for rule in of_kind("infra", kind).values()
        for group in rule["spec"]["groups"]
    }
    expected = {
        name: sorted(f"{each[:-1]}{SEVERITIES[each[-1]]}" for each in text.split(", "))
        for name, text in ALERTS.items()
    }
    assert {name: sorted(found) for name, found in groups.items()} == expected


def test_groups_are_evaluated_every_half_minute_and_certificates_hourly() -> None:
    intervals = Counter(
        (group["interval"], group["name"] == "harbor.certificates")
        for kind in ("PrometheusRule", "VMRule")
        for rule in of_kind("infra", kind).values()
        for group in rule["spec"]["groups"]
    )
    assert set(intervals) == {("30s", False), ("1h", True)}


def test_every_condition_is_promql() -> None:
    for rule in rules():
        promql_parser.parse(rule["expr"])


def test_no_two_alerts_have_one_name() -> None:
    names = Counter(rule["alert"] for rule in rules())
    assert [name for name, count in names.items() if count > 1] == []


def test_alerts_select_jobs_that_are_scraped() -> None:
    pods = {
        f"{namespace}/{name}"
        for cluster in objects()
        for kind in ("VMPodScrape", "PodMonitor")
        for namespace, name in of_kind(cluster, kind)
    }
    # Jobs of Services: of the operator's own programs, and of Grafana's chart.
    parts = ("vmagent", "vmalert", "vmalertmanager", "vmauth", "vminsert", "vmselect", "vmstorage")
    services = {f"{part}-{STORE}" for part in parts} | {f"{STORE}-grafana"}
    selected = {job for rule in rules() for job in re.findall(r'job="([^"]+)"', rule["expr"])}
    assert selected <= pods | services
    assert len(selected) > 8


def test_an_absent_target_is_reported_for_each_cluster() -> None:
    (absent,) = (rule for rule in rules() if rule["alert"] == "CoreDNSAbsent")
    assert absent["expr"] == (
        'count by (cluster) (up) unless on (cluster) up{job="kube-system/coredns"}'
    )


def test_a_share_of_the_store_is_a_sum_over_a_count() -> None:
    (degraded,) = (rule for rule in rules() if rule["alert"] == "VictoriaMetricsClusterDegraded")
    assert re.match(r"sum by \(cluster\) \(up\{.*\}\) / count by \(cluster\) ", degraded["expr"])


def test_parts_of_the_store_run_images_of_their_own() -> None:
    spec = values("infra", HOME, STORE)["vmcluster"]["spec"]
    for part in ("vminsert", "vmselect", "vmstorage"):
        assert spec[part]["image"] == {
            "repository": f"quay.io/victoriametrics/{part}",
            "tag": "v1.122.1-cluster",
        }
        assert isinstance(spec[part]["extraArgs"], dict)
    assert (spec["retentionPeriod"], spec["replicationFactor"]) == ("30d", 2)
    assert spec["vmselect"]["extraArgs"]["dedup.minScrapeInterval"] == "30s"


def test_each_cluster_runs_the_operator_whose_crds_another_release_installs() -> None:
    for cluster, release in (("infra", STORE), ("apps", "victoria-metrics")):
        given = values(cluster, HOME, release)["victoria-metrics-operator"]
        assert "enabled" not in given  # the chart's default is true
        assert given["crds"]["enabled"] is False
        assert (HOME, "crds-victoria-metrics-operator") in of_kind(cluster, "HelmRelease")
    assert catalogue.VICTORIA_METRICS_OPERATOR_CRDS.version == "0.5.1"


def test_series_have_the_name_of_their_cluster() -> None:
    for cluster, release in (("infra", STORE), ("apps", "victoria-metrics")):
        spec = values(cluster, HOME, release)["vmagent"]["spec"]
        assert spec["externalLabels"] == {"cluster": cluster, "environment": "production"}
        assert spec["replicaCount"] == 2
        assert values(cluster, HOME, release)["fullnameOverride"] == release


def test_apps_writes_to_a_global_service_of_infra() -> None:
    name = f"vminsert-{STORE}"
    service = of_kind("apps", "Service")[HOME, name]
    assert service["metadata"]["annotations"] == {
        "service.cilium.io/global": "true",
        "service.cilium.io/shared": "false",
    }
    assert "selector" not in service["spec"]
    given = values("infra", HOME, STORE)["vmcluster"]["spec"]["vminsert"]["serviceSpec"]
    assert given["useAsDefault"] is True
    assert given["metadata"]["annotations"]["service.cilium.io/global"] == "true"
    url = values("apps", HOME, "victoria-metrics")["external"]["vm"]["write"]["url"]
    assert url == (f"http://{name}.{HOME}.svc.cluster.local:8480/insert/0/prometheus/api/v1/write")


def test_only_vmagent_of_another_cluster_reaches_vminsert() -> None:
    rule = of_kind("infra", "CiliumNetworkPolicy")[HOME, "vminsert"]["spec"]["ingress"]
    assert rule == [
        {
            "fromEndpoints": [
                {
                    "matchLabels": {
                        "app.kubernetes.io/name": "vmagent",
                        "k8s:io.cilium.k8s.policy.cluster": "apps",
                        "k8s:io.kubernetes.pod.namespace": HOME,
                    }
                }
            ],
            "toPorts": [{"ports": [{"port": "8480", "protocol": "TCP"}]}],
        }
    ]


def test_the_control_plane_is_scraped_at_its_nodes() -> None:
    nodes = {"infra": ["11", "12", "13"], "apps": ["14", "15", "16"]}
    for cluster, release in (("infra", STORE), ("apps", "victoria-metrics")):
        given = values(cluster, HOME, release)
        for part in ("kubeEtcd", "kubeScheduler", "kubeControllerManager"):
            assert given[part]["endpoints"] == [f"10.25.11.{last}" for last in nodes[cluster]]


def test_alertmanager_has_a_configuration_of_its_chart() -> None:
    given = values("infra", HOME, STORE)["alertmanager"]
    assert "configSecret" not in given["spec"]
    receivers = {each["name"] for each in given["config"]["receivers"]}
    assert given["config"]["route"]["receiver"] in receivers


def test_grafana_has_an_administrator_and_a_client_of_the_realm() -> None:
    given = values("infra", HOME, STORE)["grafana"]
    secrets = of_kind("infra", "ExternalSecret")
    assert given["admin"]["existingSecret"] == "grafana-admin"
    keys = {each["secretKey"] for each in secrets[HOME, "grafana-admin"]["spec"]["data"]}
    assert keys == {"admin-user", "admin-password"}
    (client,) = secrets[HOME, "grafana-oidc"]["spec"]["data"]
    assert client["remoteRef"] == {
        "key": "kubernetes/infra/grafana/oidc",
        "property": "client_secret",
    }
    login = given["grafana.ini"]["auth.generic_oauth"]
    assert "client_secret" not in login
    assert login["auth_url"] == (
        "https://sso.monosense.io/realms/platform/protocol/openid-connect/auth"
    )
    assert given["replicas"] == 1


def test_grafana_is_published_on_the_external_gateway() -> None:
    route = of_kind("infra", "HTTPRoute")[HOME, "grafana"]["spec"]
    assert route["hostnames"] == ["grafana.monosense.io"]
    assert route["parentRefs"][0]["name"] == "cilium-gateway-external"
    assert route["rules"][0]["backendRefs"] == [{"name": f"{STORE}-grafana", "port": 80}]


def test_logs_of_both_clusters_go_to_the_proxy_of_infra() -> None:
    for cluster in ("infra", "apps"):
        given = values(cluster, "fluent-bit", "fluent-bit")
        output = given["config"]["outputs"]
        assert "Host vmauth-victoria-logs.observability.svc.cluster.local\n" in output
        assert "Format json_lines\n" in output
        assert f"Header X-Scope-OrgID {cluster}\n" in output
        assert f"Add cluster {cluster}\n" in given["config"]["filters"]
        assert (given["hostNetwork"], given["dnsPolicy"]) == (True, "ClusterFirstWithHostNet")
        assert given["testFramework"] == {"enabled": False}
    assert (HOME, "vmauth-victoria-logs") in of_kind("apps", "Service")
    proxy = of_kind("infra", "VMAuth")[HOME, "victoria-logs"]["spec"]
    assert proxy["serviceSpec"]["metadata"]["annotations"]["service.cilium.io/global"] == "true"
    assert proxy["image"]["tag"] == "v1.122.1"


def test_the_proxy_of_the_logs_admits_nodes() -> None:
    policies = of_kind("infra", "CiliumNetworkPolicy")
    rule = policies[HOME, "vmauth-victoria-logs-from-nodes"]["spec"]["ingress"]
    assert rule[0]["fromEntities"] == ["host", "remote-node"]


def test_one_pod_keeps_the_logs() -> None:
    server = values("infra", HOME, "victoria-logs")["server"]
    assert server["replicaCount"] == 1
    assert "tag" not in server["image"]
    assert (server["retentionPeriod"], str(server["persistentVolume"]["size"])) == ("30d", "100Gi")


def test_budgets_leave_a_quorum_of_each_part() -> None:
    least = {
        name: spec.get("minAvailable", f"-{spec.get('maxUnavailable')}")
        for (namespace, name), each in of_kind("infra", "PodDisruptionBudget").items()
        if namespace == HOME
        for spec in [each["spec"]]
    }
    assert least == {
        "grafana-victoria-metrics-global": "-1",
        "victoria-logs-server": "-1",
        "vmalert-victoria-metrics-global": 1,
        "vmalertmanager-victoria-metrics-global": 2,
        "vmauth-victoria-logs": "-1",
        "vmauth-victoria-metrics-global": 1,
        "vminsert-victoria-metrics-global": 2,
        "vmselect-victoria-metrics-global": 2,
        "vmstorage-victoria-metrics-global": 2,
    }


def test_every_program_of_the_platform_is_scraped() -> None:
    kinds = ("PodMonitor", "VMPodScrape", "VMServiceScrape")
    scraped = {
        cluster: {name for kind in kinds for _, name in of_kind(cluster, kind)}
        for cluster in objects()
    }
    assert scraped["infra"] >= {
        "cloudnative-pg",
        "dragonfly",
        "keycloak",
        "rook-ceph-operator",
        "shared-postgres",
        "victoria-logs-server",
        "vmauth-victoria-logs",
    }
    assert scraped["apps"] >= {
        "actions-runner-controller",
        "kafka-brokers",
        "kafka-entity-operator",
        "kafka-exporter",
        "rook-ceph-operator",
        "strimzi-operator",
    }


def test_the_operator_of_rook_serves_the_metrics_that_are_scraped() -> None:
    for cluster in objects():
        scrape = of_kind(cluster, "PodMonitor")["rook-ceph", "rook-ceph-operator"]["spec"]
        (endpoint,) = scrape["podMetricsEndpoints"]
        given = values(cluster, "rook-ceph", "rook-ceph-operator")
        assert given["operatorMetricsBindAddress"] == f":{endpoint['portNumber']}"


def test_each_cluster_runs_two_pods_of_reloader() -> None:
    for cluster in objects():
        given = values(cluster, "kube-system", "reloader")["reloader"]
        assert (given["enableHA"], given["deployment"]["replicas"]) == (True, 2)
        assert given["podDisruptionBudget"] == {"enabled": True, "minAvailable": 1}


def test_ten_dashboards_are_in_folders() -> None:
    folders = {
        name.removeprefix("grafana-dashboard-"): each["metadata"]["annotations"]["grafana_folder"]
        for (_, name), each in of_kind("infra", "ConfigMap").items()
        if each["metadata"].get("labels") == {"grafana_dashboard": "1"}
    }
    assert folders == {
        "cloudnative-pg": "Databases",
        "cluster-comparison": "Multi-Cluster",
        "cnpg-pooler": "Databases",
        "dragonfly": "Databases",
        "fluent-bit": "Observability",
        "global-overview": "Multi-Cluster",
        "kubernetes-cluster": "Infrastructure",
        "rook-ceph": "Infrastructure",
        "victoria-logs": "Observability",
        "victoria-metrics-cluster": "Observability",
    }
    sidecar = values("infra", HOME, STORE)["grafana"]["sidecar"]["dashboards"]
    assert sidecar["folderAnnotation"] == "grafana_folder"
    assert sidecar["labelValue"] == "1"


def test_downloaded_dashboards_are_pinned() -> None:
    urls = {
        url
        for each in of_kind("infra", "ConfigMap").values()
        for key, url in (each.get("data") or {}).items()
        if key.endswith(".json.url")
    }
    assert {re.sub(r"\D+", " ", url).strip() for url in urls} == {
        "11176 45",
        "18855 1",
        "20417 4",
        "2842 18",
        "315 3",
    }


every = pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)


@every
def test_own_dashboards_are_valid_in_grafana(board: Board) -> None:
    assert read_dashboard(board.text, ()).uid == board.uid
    for panel in board.panels:
        for query in panel.queries:
            promql_parser.parse(query.expression.replace("$__rate_interval", "5m"))


@every
def test_panels_of_own_dashboards_do_not_overlap(board: Board) -> None:
    for one, other in combinations(json.loads(board.text)["panels"], 2):
        a, b = one["gridPos"], other["gridPos"]
        beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        assert beside or a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]


@every
def test_variables_of_own_dashboards_are_declared_and_used(board: Board) -> None:
    model = json.loads(board.text)
    declared = {each["name"] for each in model["templating"]["list"]}
    text = json.dumps([model["panels"], model["templating"]])
    used = set(re.findall(r"\$\{?(\w+)", text)) - {"__all", "__rate_interval"}
    assert used == declared
