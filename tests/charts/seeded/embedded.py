"""Configuration inside of values and texts, queries, and policies of admission."""

from __future__ import annotations

from tests.charts.seeded.edit import instead, put, renamed, replaced
from tests.charts.seeded.seed import A, E, Seed

_CONFIGURATION = "embedded configuration"
_QUERY = "invalid PromQL"
_VALUES = ("spec", "values")

SEEDS = (
    Seed(
        "alertmanager-receiver-of-platform-a",
        _CONFIGURATION,
        A,
        "HelmRelease observability/victoria-metrics-k8s-stack",
        ("V12",),
        instead(*_VALUES, "alertmanager", "config", "route", "receiver", to="slack-alerts"),
    ),
    Seed(
        "alertmanager-field-of-platform-e",
        _CONFIGURATION,
        E,
        "HelmRelease monitoring/kube-prometheus-stack",
        ("V12",),
        renamed(
            "token_path",
            *(*_VALUES, "alertmanager", "config", "receivers", 1, "pushover_configs", 0),
            "token_file",
        ),
    ),
    Seed(
        "vector-input",
        _CONFIGURATION,
        A,
        "HelmRelease observability/victoria-logs",
        ("V12",),
        instead(*_VALUES, "vector", "customConfig", "sinks", "vlogs", "inputs", 0, to="redacted"),
    ),
    Seed(
        "grafana-datasource-without-type",
        _CONFIGURATION,
        E,
        "ConfigMap monitoring/loki-datasource",
        ("V12",),
        replaced("  type: loki\n", "", "data", "loki.yaml"),
    ),
    Seed(
        "certificate-alert-with-an-open-bracket",
        _QUERY,
        E,
        "PrometheusRule monitoring/certificates",
        ("V13",),
        replaced("time()", "time(", "spec", "groups", 0, "rules", 0, "expr"),
    ),
    Seed(
        "valkey-alert-with-an-open-bracket",
        _QUERY,
        A,
        "VMRule tooling/harbor-valkey",
        ("V13",),
        replaced("[15m]", "[15m", "spec", "groups", 0, "rules", 1, "expr"),
    ),
    Seed(
        "kyverno-policy-that-excludes-all",
        "policy that acts on nothing",
        E,
        "ClusterPolicy verify-images",
        ("P87",),
        put("spec", "rules", 0, "exclude", "any", 0, "resources", "namespaces", to=["*"]),
    ),
    Seed(
        "kyverno-policy-for-a-missing-namespace",
        "policy that acts on nothing",
        E,
        "ClusterPolicy verify-images",
        ("P87",),
        put("spec", "rules", 0, "match", "any", 0, "resources", "namespaces", to=["production"]),
    ),
)
