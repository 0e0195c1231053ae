"""Observability of mycluster-0, read from the tree as by Flux, and its larger variant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any, cast

import pytest
import yaml

from charts.clusters.mycluster_0.logins import logins
from charts.clusters.mycluster_0.namespaces import Namespaces
from charts.infrastructure.crds import Crds
from charts.observability import grafana_dashboard
from charts.observability.victoria_logs import ClusterLogs, LogStore, SingleLogs, VictoriaLogs
from charts.observability.victoria_metrics_stack import MONITORING, VictoriaMetricsStack
from charts.observability.victoria_metrics_store import (
    ClusterMetrics,
    MetricsStore,
    SingleMetrics,
)
from kubestrata import Cluster, Host, Platform, Quantity, Reference, RemoteManifests
from kubestrata.constructs import CiliumNetwork, GatewayReference, Gateways, SecretStoreReference
from tests import main_platform
from tests.charts.helm_value import HELM_VALUES, unlisted
from tests.constructs.checking import faults
from tests.small_platform import flux

LAYER = "mycluster-0/observability/"

CHARTS = {
    "grafana-operator": ("grafana-operator", "5.21.4"),
    "kubernetes-event-exporter": ("kubernetes-event-exporter", "3.6.3"),
    "loggen": ("loggen", "0.1.4"),
    "oncall": ("oncall", "1.16.5"),
    "oncall-rabbitmq": ("rabbitmq", "16.0.14"),
    "oncall-valkey": ("valkey", "3.0.31"),
    "victoria-logs": ("victoria-logs-single", "0.11.24"),
    "victoria-metrics-k8s-stack": ("victoria-metrics-k8s-stack", "0.68.0"),
    "victoria-traces": ("victoria-traces-single", "0.0.5"),
}
FLOOR = {
    "Alert": 1,
    "Grafana": 1,
    "GrafanaDashboard": 8,
    "GrafanaDatasource": 2,
    "GrafanaFolder": 7,
    "Provider": 1,
    "VMAlert": 2,
    "VMPodScrape": 1,
    "VMRule": 4,
    "VMScrapeConfig": 1,
    "VMServiceScrape": 6,
}
# Pages without a login of their own that show secrets or change something are for operators.
PAGES = {
    "grafana": "general",
    "hubble-ui-mycluster-0": "admin",
    "oncall": "admin",
    "oncall-rabbitmq": "admin",
    "vl": "admin",
    "vm": "general",
    "vmagent-mycluster-0": "general",
    "vmalertmanager-mycluster-0": "general",
    "vt": "general",
}
UNLISTED_VALUES = {
    "grafana-operator": set[str](),
    "victoria-logs-single": set[str](),
    "victoria-traces-single": set[str](),
    # Values of a subchart, which has its own list.
    "victoria-metrics-k8s-stack": {
        "grafana.admin",
        "grafana.envFromSecret",
        "grafana.extraConfigmapMounts",
        "grafana.grafana.ini",
        "grafana.plugins",
        "grafana.resources",
    },
}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return main_platform.delivered().contents


@pytest.fixture(scope="module")
def objects(files: dict[str, bytes]) -> list[dict[str, Any]]:
    found = [
        yaml.safe_load(content)
        for path, content in files.items()
        if path.startswith(LAYER) and PurePosixPath(path).name != "kustomization.yaml"
    ]
    assert found
    return found


def of_kind(objects: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {item["metadata"]["name"]: item for item in objects if item["kind"] == kind}


def depends_on(files: dict[str, bytes], unit: str) -> list[str]:
    spec = yaml.safe_load(files[f"mycluster-0/flux/{unit}-kustomization.yaml"])["spec"]
    return [each["name"] for each in spec.get("dependsOn", [])]


def test_every_kind_of_the_platform_is_there(objects: list[dict[str, Any]]) -> None:
    counts = Counter(item["kind"] for item in objects)
    assert {kind: counts[kind] for kind, least in FLOOR.items() if counts[kind] < least} == {}


def version_of(files: dict[str, bytes], spec: dict[str, Any]) -> tuple[str, str]:
    if "chart" in spec:
        return spec["chart"]["spec"]["chart"], spec["chart"]["spec"]["version"]
    source = yaml.safe_load(
        files[f"mycluster-0/flux/{spec['chartRef']['name']}-ocirepository.yaml"]
    )["spec"]
    return source["url"].rpartition("/")[2], source["ref"]["tag"]


def test_charts_are_the_platforms(files: dict[str, bytes], objects: list[dict[str, Any]]) -> None:
    found = {
        name: version_of(files, item["spec"])
        for name, item in of_kind(objects, "HelmRelease").items()
    }
    assert found == CHARTS


def test_crds_are_left_to_the_components_that_keep_them(objects: list[dict[str, Any]]) -> None:
    releases = of_kind(objects, "HelmRelease")
    for name in ("grafana-operator", "victoria-metrics-k8s-stack"):
        spec = releases[name]["spec"]
        assert (spec["install"]["crds"], spec["upgrade"]["crds"]) == ("Skip", "Skip")


def test_values_that_variants_share_are_kept_once(objects: list[dict[str, Any]]) -> None:
    (source,) = of_kind(objects, "HelmRelease")["victoria-metrics-k8s-stack"]["spec"]["valuesFrom"]
    assert (source["kind"], source["name"]) == ("ConfigMap", "vm-common-helm-values")
    shared = yaml.safe_load(of_kind(objects, "ConfigMap")[source["name"]]["data"]["values.yaml"])
    assert "vmsingle" not in shared
    assert "vmcluster" not in shared


def test_each_kustomization_waits_for_its_dependencies(files: dict[str, bytes]) -> None:
    needed = {
        "grafana-dashboards": "grafana-folders",
        "grafana-folders": "grafana-operator",
        "grafana-operator": "victoria-metrics-k8s-stack",
        "kubernetes-event-exporter": "victoria-logs",
        "oncall": "grafana-operator",
        "victoria-logs": "grafana-operator",
        "victoria-traces": "grafana-operator",
    }
    missing = {unit: each for unit, each in needed.items() if each not in depends_on(files, unit)}
    assert missing == {}


def test_dashboards_are_the_files_beside_the_charts(objects: list[dict[str, Any]]) -> None:
    folder = Path(grafana_dashboard.__file__).parent / "dashboards"
    written = {
        name: item["spec"]["json"]
        for name, item in of_kind(objects, "GrafanaDashboard").items()
        if "json" in item["spec"]
    }
    assert written == {file.stem: file.read_text() for file in folder.glob("*.json")}


def test_published_dashboards_are_downloaded_by_the_operator(
    objects: list[dict[str, Any]],
) -> None:
    numbers = {
        name: item["spec"]["grafanaCom"]
        for name, item in of_kind(objects, "GrafanaDashboard").items()
        if "json" not in item["spec"]
    }
    assert numbers == {
        "node-exporter": {"id": 1860, "revision": 37},
        "victoria-logs-single-node": {"id": 22084},
        "victoria-traces-single-node": {"id": 24136},
    }
    policy = of_kind(objects, "CiliumNetworkPolicy")["grafana-operator"]["spec"]
    assert {"toFQDNs": [{"matchName": "grafana.com"}]}.items() <= policy["egress"][1].items()


def test_dashboards_are_in_kustomizations_without_substitution(files: dict[str, bytes]) -> None:
    for unit in ("grafana-dashboards", "grafana-folders"):
        spec = yaml.safe_load(files[f"mycluster-0/flux/{unit}-kustomization.yaml"])["spec"]
        assert "postBuild" not in spec


def test_every_dashboard_and_source_is_for_the_grafana_that_the_stack_runs(
    objects: list[dict[str, Any]],
) -> None:
    (grafana,) = of_kind(objects, "Grafana").values()
    labels = grafana["metadata"]["labels"]
    for kind in ("GrafanaDashboard", "GrafanaDatasource", "GrafanaFolder"):
        for item in of_kind(objects, kind).values():
            assert item["spec"]["instanceSelector"] == {"matchLabels": labels}


def test_rules_over_logs_have_their_own_evaluator_and_no_other(
    files: dict[str, bytes], objects: list[dict[str, Any]]
) -> None:
    evaluators = {
        tuple(item["spec"]["ruleSelector"]["matchLabels"].items())
        for item in of_kind(objects, "VMAlert").values()
    }
    chosen: set[tuple[tuple[str, str], ...]] = set()
    for rule in of_kind(objects, "VMRule").values():
        labels = tuple(rule["metadata"].get("labels", {}).items())
        kinds = {group.get("type", "prometheus") for group in rule["spec"]["groups"]}
        assert kinds == ({"vlogs"} if labels else {"prometheus"})
        if labels:
            chosen.add(labels)
    assert chosen == evaluators
    path = f"{LAYER}victoria-metrics-k8s-stack/vm-common-helm-values-configmap.yaml"
    shared = yaml.safe_load(yaml.safe_load(files[path])["data"]["values.yaml"])
    left = shared["vmalert"]["spec"]["ruleSelector"]["matchExpressions"]
    assert left == [{"key": "alert-evaluation", "operator": "DoesNotExist"}]


def test_each_page_is_on_one_private_gateway(objects: list[dict[str, Any]]) -> None:
    found = {}
    for route in of_kind(objects, "HTTPRoute").values():
        (host,) = route["spec"]["hostnames"]
        (parent,) = route["spec"]["parentRefs"]
        name = host.removesuffix(".priv.cloud.ogenki.io")
        found[name] = parent["name"].removeprefix("platform-tailscale-")
    assert found == PAGES


def test_links_of_alerts_lead_to_the_pages(
    files: dict[str, bytes], objects: list[dict[str, Any]]
) -> None:
    values = of_kind(objects, "HelmRelease")["victoria-metrics-k8s-stack"]["spec"]["values"]
    hosts = {
        host
        for each in of_kind(objects, "HTTPRoute").values()
        for host in each["spec"]["hostnames"]
    }
    assert values["alertmanager"]["spec"]["externalURL"].removeprefix("https://") in hosts
    path = f"{LAYER}victoria-metrics-k8s-stack/vm-common-helm-values-configmap.yaml"
    shared = yaml.safe_load(yaml.safe_load(files[path])["data"]["values.yaml"])
    grafana = values["grafana"]["grafana.ini"]["server"]["root_url"]
    assert shared["vmalert"]["spec"]["extraArgs"] == {"external.url": grafana}


def test_alertmanager_sends_with_the_token_that_it_mounts(objects: list[dict[str, Any]]) -> None:
    values = of_kind(objects, "HelmRelease")["victoria-metrics-k8s-stack"]["spec"]["values"]
    (secret,) = values["alertmanager"]["spec"]["secrets"]
    config = values["alertmanager"]["config"]
    (slack,) = config["receivers"][1]["slack_configs"]
    assert slack["http_config"]["authorization"] == {
        "type": "Bearer",
        "credentials_file": f"/etc/vm/secrets/{secret}/token",
    }
    assert config["global"] == {"slack_api_url": "https://slack.com/api/chat.postMessage"}


def collector(objects: list[dict[str, Any]]) -> dict[str, Any]:
    values = of_kind(objects, "HelmRelease")["victoria-logs"]["spec"]["values"]
    found: dict[str, Any] = values["vector"]["customConfig"]
    return found


def test_lines_keep_the_metadata_by_which_streams_and_alerts_find_them(
    objects: list[dict[str, Any]],
) -> None:
    config = collector(objects)
    headers = config["sinks"]["vlogs"]["request"]["headers"]
    assert headers["VL-Stream-Fields"] == (
        "stream,kubernetes.pod_name,kubernetes.container_name,kubernetes.pod_namespace"
    )
    assert headers["VL-Msg-Field"] == "message,msg,_msg,log.msg,log.message,log"
    programs = " ".join(each.get("source", "") for each in config["transforms"].values())
    assert "del(.kubernetes" not in programs
    logs = of_kind(objects, "VMRule")["logs"]["spec"]["groups"]
    named = {
        name
        for group in logs
        for rule in group["rules"]
        for name in re.findall(r'"(kubernetes[.]\w+)"', rule["expr"])
    }
    assert named <= set(headers["VL-Stream-Fields"].split(","))


def test_query_plans_are_documents_of_their_own_and_failures_are_kept(
    objects: list[dict[str, Any]],
) -> None:
    config = collector(objects)
    steps, sinks = config["transforms"], config["sinks"]
    assert steps["plans"]["inputs"] == ["plan_lines"]
    assert sinks["plans"]["inputs"] == ["plans"]
    assert sinks["plan_failures"]["inputs"] == ["plans.dropped"]
    assert steps["plans"]["reroute_dropped"] is True
    assert "_stream_fields=cluster_name,namespace,database,query_id&" in sinks["plans"]["uri"]
    sizes = {name: sinks[name]["buffer"]["max_size"] for name in ("plans", "plan_failures")}
    # Vector refuses a disk buffer of less.
    assert sizes == {"plans": 1_073_741_824, "plan_failures": 268_435_488}
    expression = r"duration: (?P<duration>[0-9.]+) ms\s+plan:\s*(?P<plan>.+)"
    assert expression in steps["plans"]["source"]
    line = 'duration: 1204.5 ms  plan:\n{"Query Text": "select 1"}'
    found = re.search(f"(?s){expression}", line)
    assert found is not None
    assert found.groupdict() == {"duration": "1204.5", "plan": '{"Query Text": "select 1"}'}


def test_each_alert_of_the_platform_is_there(objects: list[dict[str, Any]]) -> None:
    alerts = {
        rule["alert"]: rule["labels"]["severity"]
        for each in of_kind(objects, "VMRule").values()
        for group in each["spec"]["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }
    wanted = {
        "CiliumAgentEndpointsNotReady": "critical",
        "CiliumAgentMetricNotFound": "critical",
        "CiliumAgentUnreachableHealthEndpoints": "critical",
        "KarpenterCanNotRegisterNewNodes": "warning",
        "KarpenterCloudproviderErrors": "warning",
        "LoggenServerErrors": "warning",
        "RabbitmqDown": "critical",
        "RabbitmqMemoryHigh": "warning",
        "RabbitmqNodesMissing": "critical",
        "RabbitmqPartition": "critical",
        "RabbitmqTooManyConnections": "warning",
    }
    assert {name: alerts.get(name) for name in wanted} == wanted


def test_a_line_with_a_trace_leads_to_it(objects: list[dict[str, Any]]) -> None:
    sources = of_kind(objects, "GrafanaDatasource")
    (link,) = sources["victoria-logs"]["spec"]["datasource"]["jsonData"]["derivedFields"]
    assert link["datasourceUid"] == sources["victoria-traces"]["spec"]["uid"]


def test_machines_outside_of_the_cluster_are_found_by_their_tag(
    objects: list[dict[str, Any]],
) -> None:
    spec = of_kind(objects, "VMScrapeConfig")["aws-ec2-node-exporter"]["spec"]
    assert spec["ec2SDConfigs"] == [
        {
            "region": "${region}",
            "port": 9100,
            "filters": [{"name": "tag:observability:node-exporter", "values": ["true"]}],
        }
    ]
    labels = {each["target_label"] for each in spec["relabelConfigs"]}
    assert labels == {"ec2_application", "ec2_az", "ec2_id", "ec2_name", "ec2_region"}
    assert {"host", "ec2.${region}.amazonaws.com", "10.0.0.0/16"} <= {
        peer
        for name, item in of_kind(objects, "CiliumNetworkPolicy").items()
        if name.startswith("vmagent-to-")
        for rule in item["spec"]["egress"]
        for peer in [
            *rule.get("toEntities", []),
            *rule.get("toCIDR", []),
            *(each.get("matchName") for each in rule.get("toFQDNs", [])),
        ]
    }


def test_every_scrape_in_the_namespace_is_admitted(objects: list[dict[str, Any]]) -> None:
    policies = of_kind(objects, "CiliumNetworkPolicy")
    scrapes = {**of_kind(objects, "VMPodScrape"), **of_kind(objects, "VMServiceScrape")}
    for name, scrape in scrapes.items():
        elsewhere = scrape["spec"].get("namespaceSelector", {}).get("matchNames", [])
        admitted = f"{name}-from-vmagent" in policies
        assert admitted is (elsewhere in ([], ["observability"])), name


def test_flux_errors_are_sent_to_slack(objects: list[dict[str, Any]]) -> None:
    (provider,) = of_kind(objects, "Provider").values()
    (alert,) = of_kind(objects, "Alert").values()
    assert provider["spec"]["type"] == "slack"
    assert alert["spec"]["providerRef"] == {"name": provider["metadata"]["name"]}
    kinds = Counter(source["kind"] for source in alert["spec"]["eventSources"])
    assert {"GitRepository", "Kustomization", "OCIRepository"} <= set(kinds)
    assert alert["metadata"]["namespace"] == "flux-system"


def test_no_password_is_in_values(objects: list[dict[str, Any]]) -> None:
    def leaves(value: object, path: str = "") -> list[tuple[str, object]]:
        if isinstance(value, dict):
            each = cast("dict[str, object]", value).items()
            return [leaf for key, item in each for leaf in leaves(item, f"{path}.{key}")]
        return [(path, value)]

    words = ("password", "secret", "token")
    for release in of_kind(objects, "HelmRelease").values():
        for path, value in leaves(release["spec"].get("values", {})):
            last = path.rpartition(".")[2].lower()
            assert not (last in words and value), path


@pytest.mark.skipif(not HELM_VALUES.is_dir(), reason="the charts' default values are not at hand")
@pytest.mark.parametrize("chart", sorted(UNLISTED_VALUES))
def test_values_use_only_keys_that_the_chart_knows(
    chart: str, objects: list[dict[str, Any]]
) -> None:
    (name,) = (release for release, (each, _) in CHARTS.items() if each == chart)
    values = of_kind(objects, "HelmRelease")[name]["spec"]["values"]
    defaults = yaml.load((HELM_VALUES / f"{chart}.values.yaml").read_text(), yaml.CSafeLoader)
    # Keys below belong to the operator, Vector or Alertmanager.
    passed_on = (".spec.", "vector.customConfig.", "vector.tolerations", "alertmanager.config.")
    unknown = unlisted(values, defaults)
    found = {each for each in unknown if not any(part in each for part in passed_on)}
    assert found == UNLISTED_VALUES[chart]


@pytest.mark.skipif(not HELM_VALUES.is_dir(), reason="the charts' default values are not at hand")
def test_shared_values_use_only_keys_that_the_chart_knows(objects: list[dict[str, Any]]) -> None:
    text = of_kind(objects, "ConfigMap")["vm-common-helm-values"]["data"]["values.yaml"]
    defaults = yaml.load(
        (HELM_VALUES / "victoria-metrics-k8s-stack.values.yaml").read_text(), yaml.CSafeLoader
    )
    found = {each for each in unlisted(yaml.safe_load(text), defaults) if ".spec." not in each}
    # Values of subcharts, which have their own lists.
    assert found == {
        "kube-state-metrics.customResourceState",
        "kube-state-metrics.rbac",
        "victoria-metrics-operator.crds.enabled",
    }


def small() -> tuple[Cluster, Namespaces]:
    """Return a cluster with everything that the stack requires."""
    cluster = Cluster(
        Platform(),
        "c1",
        domain=Host("example.com"),
        delivery=flux(substitute_from=[]),
        kubernetes="1.34",
        layers=["infrastructure", "observability"],
        provided_groups=["cilium.io"],
        offers=[CiliumNetwork(), MONITORING],
    )
    groups = ["gateway.networking.k8s.io", "external-secrets.io", "grafana.integreatly.org"]
    manifests = RemoteManifests(
        url="https://git.example.com/crds",
        commit="0" * 40,
        path="crds",
        groups=frozenset([*groups, "operator.victoriametrics.com"]),
    )
    crds = Crds(cluster, "crds-everything", source=manifests)
    gateway = Reference(crds, groups[0], "Gateway", "private", "infrastructure")
    private = GatewayReference(gateway, "https", Host("priv.example.com"))
    cluster.offer(Gateways(private=private))
    store = Reference(crds, groups[1], "ClusterSecretStore", "store")
    cluster.offer(SecretStoreReference(store))
    cluster.offer(logins(cluster, private.domain))
    return cluster, Namespaces(cluster)


SIZE = Quantity("10Gi")
VARIANTS: dict[str, tuple[Callable[[], MetricsStore], Callable[[], LogStore]]] = {
    "single": (lambda: SingleMetrics("7d", SIZE), lambda: SingleLogs("7d", SIZE)),
    "cluster": (lambda: ClusterMetrics("7d", SIZE), lambda: ClusterLogs("7d", SIZE)),
}


def made(
    variant: str, monkeypatch: pytest.MonkeyPatch
) -> tuple[VictoriaMetricsStack, VictoriaLogs]:
    cluster, namespaces = small()
    monkeypatch.setattr(cluster, "placeholder", lambda _: "c1")
    metrics, logs = VARIANTS[variant]
    stack = VictoriaMetricsStack(cluster, namespace=namespaces.observability, store=metrics())
    gateway = cluster.ask(Gateways).with_visibility("private")
    return stack, VictoriaLogs(cluster, stack=stack, store=logs(), gateway=gateway)


@pytest.mark.parametrize("variant", VARIANTS)
def test_either_variant_fits_its_schemas(variant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stack, logs = made(variant, monkeypatch)
    assert faults(stack) == []
    assert faults(logs) == []


def test_a_store_on_many_pods_has_separate_writers_and_readers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stack, logs = made("cluster", monkeypatch)
    name = "victoria-metrics-k8s-stack.observability.svc.cluster.local"
    assert stack.results.write == f"http://vminsert-{name}:8480/insert/0/prometheus"
    assert stack.results.read == f"http://vmselect-{name}:8481/select/0/prometheus"
    chart = "victoria-logs-victoria-logs-cluster"
    assert (logs.query.name, logs.query.port) == (f"{chart}-vlselect", 9471)
    assert (logs.push.name, logs.push.port) == (f"{chart}-vlinsert", 9481)
    values = logs.release.resource.body["spec"]["values"]
    assert {"vlinsert", "vlselect", "vlstorage", "vector"} == set(values)


def test_variants_are_releases_of_one_name_with_the_same_collector(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = (made(variant, monkeypatch)[1].release.resource.body for variant in VARIANTS)
    assert one["metadata"] == other["metadata"]
    steps = [
        each["spec"]["values"]["vector"]["customConfig"]["transforms"] for each in (one, other)
    ]
    assert steps[0] == steps[1]
    assert one["spec"]["chart"] != other["spec"]["chart"]
