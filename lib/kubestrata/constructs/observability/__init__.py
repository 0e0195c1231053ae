"""Metrics, logs, alerts, notifications and dashboards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.constructs.observability.alert import Alert, Record, RuleGroup
    from kubestrata.constructs.observability.alert_evaluation import (
        EVALUATION,
        Evaluation,
        Evaluator,
        Results,
    )
    from kubestrata.constructs.observability.alert_rule import AlertEvaluation, AlertRules
    from kubestrata.constructs.observability.dashboard import (
        Dashboard,
        DashboardFolder,
        DataSource,
        PublishedDashboard,
    )
    from kubestrata.constructs.observability.flux_monitoring import FluxMonitoring
    from kubestrata.constructs.observability.flux_state import (
        HELM_KINDS,
        OCI_REPOSITORY,
        kube_state_metrics,
    )
    from kubestrata.constructs.observability.grafana import Grafana, Published, Source
    from kubestrata.constructs.observability.grafana_instance import GrafanaInstance
    from kubestrata.constructs.observability.grafana_operator import GrafanaOperator
    from kubestrata.constructs.observability.grafana_sidecar import GrafanaSidecar
    from kubestrata.constructs.observability.monitoring import Monitoring
    from kubestrata.constructs.observability.notification import EventSource, Notification, Receiver
    from kubestrata.constructs.observability.prometheus_operator import PrometheusOperator
    from kubestrata.constructs.observability.scrape import Scrape, StaticScrape
    from kubestrata.constructs.observability.scrape_target import ScrapeAccess, ScrapeTls
    from kubestrata.constructs.observability.vector_agent import VectorAgent, VrlTransform
    from kubestrata.constructs.observability.victoria_metrics import VictoriaMetrics

__all__ = [
    "EVALUATION",
    "HELM_KINDS",
    "OCI_REPOSITORY",
    "Alert",
    "AlertEvaluation",
    "AlertRules",
    "Dashboard",
    "DashboardFolder",
    "DataSource",
    "Evaluation",
    "Evaluator",
    "EventSource",
    "FluxMonitoring",
    "Grafana",
    "GrafanaInstance",
    "GrafanaOperator",
    "GrafanaSidecar",
    "Monitoring",
    "Notification",
    "PrometheusOperator",
    "Published",
    "PublishedDashboard",
    "Receiver",
    "Record",
    "Results",
    "RuleGroup",
    "Scrape",
    "ScrapeAccess",
    "ScrapeTls",
    "Source",
    "StaticScrape",
    "VectorAgent",
    "VictoriaMetrics",
    "VrlTransform",
    "kube_state_metrics",
]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "alert": "Alert Record RuleGroup",
        "alert_evaluation": "EVALUATION Evaluation Evaluator Results",
        "alert_rule": "AlertEvaluation AlertRules",
        "dashboard": "Dashboard DashboardFolder DataSource PublishedDashboard",
        "flux_monitoring": "FluxMonitoring",
        "flux_state": "HELM_KINDS OCI_REPOSITORY kube_state_metrics",
        "grafana": "Grafana Published Source",
        "grafana_instance": "GrafanaInstance",
        "grafana_operator": "GrafanaOperator",
        "grafana_sidecar": "GrafanaSidecar",
        "monitoring": "Monitoring",
        "notification": "EventSource Notification Receiver",
        "prometheus_operator": "PrometheusOperator",
        "scrape": "Scrape StaticScrape",
        "scrape_target": "ScrapeAccess ScrapeTls",
        "vector_agent": "VectorAgent VrlTransform",
        "victoria_metrics": "VictoriaMetrics",
    },
)
