"""Metrics, dashboards and alerts of the cluster goingdark."""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import Any

import pytest

from charts.apps.mastodon.board import MASTODON
from charts.observability.boards.board import Board
from charts.observability.boards.gateway import GATEWAY_API
from charts.observability.boards.platform import ARGO_CD, CLUSTER_AUTOSCALER, HETZNER, HPA
from kubestrata.constructs.observability import Record, RuleGroup
from kubestrata.constructs.observability.dashboard_model import read_dashboard
from tests.charts.goingdark_tree import objects, values

BOARDS = [ARGO_CD, CLUSTER_AUTOSCALER, HPA, HETZNER, MASTODON, *GATEWAY_API]
every = pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)


def model(board: Board) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(board.text)
    return found


@every
def test_dashboards_are_valid_in_grafana(board: Board) -> None:
    assert read_dashboard(board.text, ()).uid == board.uid
    assert model(board)["templating"]["list"][0]["name"] == "datasource"


@every
def test_expressions_are_balanced(board: Board) -> None:
    for panel in board.panels:
        for query in panel.queries:
            RuleGroup("checked", [Record(name="checked", expression=query.expression)])


@every
def test_rates_use_the_interval_of_the_panel(board: Board) -> None:
    for panel in board.panels:
        for query in panel.queries:
            windows = re.findall(r"\[([^\]]*)\]", re.sub(r"\{[^}]*\}", "", query.expression))
            assert set(windows) <= {"$__rate_interval"}, panel.title


@every
def test_panels_do_not_overlap(board: Board) -> None:
    for one, other in combinations(model(board)["panels"], 2):
        a, b = one["gridPos"], other["gridPos"]
        beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        below = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
        assert beside or below, (one["title"], other["title"])
        assert one["id"] != other["id"]
        assert a["x"] + a["w"] <= 24


@every
def test_variables_are_declared_and_used(board: Board) -> None:
    found = model(board)
    declared = {each["name"] for each in found["templating"]["list"]}
    text = json.dumps([found["panels"], found["templating"]])
    used = set(re.findall(r"\$\{?(\w+)", text)) - {"__all", "__rate_interval"}
    assert used == declared


def test_every_dashboard_has_the_label_of_the_sidecar() -> None:
    prefix = "victoriametrics/grafana-dashboard-"
    found = {name: each for name, each in objects("ConfigMap").items() if name.startswith(prefix)}
    assert len(found) == len(BOARDS)
    for each in found.values():
        assert each["metadata"]["labels"] == {"grafana_dashboard": "1"}


def test_the_adapter_has_the_metrics_of_the_autoscalers() -> None:
    given = values("prometheus-adapter")
    assert given["prometheus"] == {
        "url": "http://vmsingle-vm.victoriametrics.svc.cluster.local",
        "port": 8428,
    }
    rules = {each["name"]["as"]: each for each in given["rules"]["external"]}
    assert set(rules) == {
        "mastodon_streaming_connected_clients",
        "ruby_http_request_queue_duration_seconds_p99",
        "ruby_http_requests_per_second",
        "ruby_puma_request_backlog",
        "sidekiq_queue_latency_seconds",
    }
    latency = rules["ruby_http_request_queue_duration_seconds_p99"]
    # A summary has no buckets, and exists only for requests that a proxy has marked.
    assert latency["seriesQuery"].startswith("ruby_puma_request_backlog{")
    assert latency["metricsQuery"] == (
        'max(ruby_http_request_queue_duration_seconds{<<.LabelMatchers>>,quantile="0.99"})'
        " by (namespace, job) or max(<<.Series>>{<<.LabelMatchers>>} * 0) by (namespace, job)"
    )
    assert given["rules"]["default"] is False


def test_metrics_are_kept_for_two_weeks() -> None:
    spec = values("victoria-metrics")["vmsingle"]["spec"]
    assert spec["retentionPeriod"] == "14d"
    assert values("victoria-logs")["server"]["retentionDiskSpaceUsage"] == "40GiB"


def test_the_control_plane_is_scraped_at_its_address() -> None:
    given = values("victoria-metrics")
    ports = {"kubeEtcd": 2381, "kubeScheduler": 10259, "kubeControllerManager": 10257}
    for part, port in ports.items():
        assert given[part]["endpoints"] == ["10.0.64.1"]
        assert given[part]["service"] == {"port": port, "targetPort": port}


def test_roles_in_grafana_are_those_of_mastodon() -> None:
    login = values("victoria-metrics")["grafana"]["grafana.ini"]["auth.generic_oauth"]
    assert login["role_attribute_path"] == (
        "contains(groups[*], 'mastodon:Owner') && 'Admin'"
        " || contains(groups[*], 'mastodon:Admin') && 'Admin'"
        " || contains(groups[*], 'mastodon:Moderator') && 'Editor'"
    )
    assert login["role_attribute_strict"] is True
    assert login["auth_url"] == "https://idp.goingdark.social/auth"


def test_dex_and_grafana_agree_on_the_client() -> None:
    clients = {each["id"]: each for each in values("dex")["config"]["staticClients"]}
    assert clients["grafana"]["redirectURIs"] == [
        "https://monitoring.goingdark.social/login/generic_oauth"
    ]
    (connector,) = values("dex")["config"]["connectors"]
    assert connector["config"]["redirectURI"] == "https://idp.goingdark.social/callback"
    assert connector["config"]["clientID"] == "$MASTODON_CLIENT_ID"


def test_state_metrics_read_what_they_describe() -> None:
    given = values("victoria-metrics")["kube-state-metrics"]
    resources = given["customResourceState"]["config"]["spec"]["resources"]
    kinds = {each["groupVersionKind"]["kind"]: each for each in resources}
    assert set(kinds) == {
        "BackendTLSPolicy",
        "GRPCRoute",
        "Gateway",
        "GatewayClass",
        "HTTPRoute",
        "TCPRoute",
        "TLSRoute",
        "UDPRoute",
    }
    assert "hostname_info" not in {each["name"] for each in kinds["TCPRoute"]["metrics"]}
    readable = given["rbac"]["extraRules"][0]["resources"]
    assert "backendtlspolicies" in readable


def test_alerts_of_databases_are_in_the_namespace_of_the_operator() -> None:
    (name,) = objects("PrometheusRule")
    assert name == "cnpg-system/cnpg-default-alerts"
    (group,) = objects("PrometheusRule")[name]["spec"]["groups"]
    assert {each["alert"] for each in group["rules"]} == {
        "BackendsWaiting",
        "DatabaseDeadlockConflicts",
        "LastFailedArchiveTime",
        "LongRunningTransaction",
        "PGDatabaseXidAge",
        "PGReplication",
        "ReplicaFailingReplication",
    }
    assert {each["for"] for each in group["rules"]} == {"1m"}
    assert {each["labels"]["severity"] for each in group["rules"]} == {"warning"}


def test_scrapes_have_the_jobs_that_queries_select() -> None:
    scrapes = objects("VMServiceScrape")
    web = scrapes["mastodon/mastodon-web-metrics"]["spec"]
    assert web["selector"]["matchLabels"] == {"app.kubernetes.io/name": "mastodon-web"}
    assert web["jobLabel"] == "app.kubernetes.io/name"
    (exporter,) = web["endpoints"]
    relabeled = exporter.pop("metricRelabelConfigs")
    assert exporter == {"port": "metrics", "interval": "30s", "honorLabels": True}
    assert [each["replacement"] for each in relabeled] == ["ruby_$1"]
    (endpoint,) = scrapes["victoriametrics/hcloud-exporter"]["spec"]["endpoints"]
    assert (endpoint["interval"], endpoint["scrapeTimeout"]) == ("1m", "10s")
    assert endpoint["relabelConfigs"] == [{"target_label": "job", "replacement": "hcloud"}]


def test_workers_and_streaming_are_scraped_at_their_pods() -> None:
    found = {
        name: (
            each["spec"]["selector"],
            [one["portNumber"] for one in each["spec"]["podMetricsEndpoints"]],
        )
        for name, each in objects("VMPodScrape").items()
    }
    assert found == {
        "mastodon/mastodon-sidekiq-metrics": (
            {"matchExpressions": [{"key": "queue-type", "operator": "Exists"}]},
            [9394],
        ),
        "mastodon/mastodon-streaming-metrics": (
            {"matchLabels": {"app": "mastodon-streaming"}},
            [4000],
        ),
    }
