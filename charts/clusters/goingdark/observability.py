"""Observability of goingdark: logs, metrics, dashboards, and metrics for autoscalers."""

from charts.apps.mastodon.board import MASTODON
from charts.apps.mastodon.scrape import MastodonScrapes
from charts.clusters.goingdark.infrastructure import Foundation
from charts.clusters.goingdark.namespaces import Namespaces
from charts.observability.boards.gateway import GATEWAY_API
from charts.observability.boards.platform import ARGO_CD, CLUSTER_AUTOSCALER, HETZNER, HPA
from charts.observability.hetzner_exporter import HetznerExporter, HetznerScrape
from charts.observability.prometheus_adapter import AdapterRule, PrometheusAdapter
from charts.observability.sidecar_dashboards import SidecarDashboards
from charts.observability.single_node_logs import SingleNodeLogs
from charts.observability.single_node_stack import ControlPlane, SingleNodeStack
from kubestrata import Cluster
from kubestrata.constructs import SecretReference

# The node goingdark-control-1.
_CONTROL_PLANE = ControlPlane("10.0.64.1")


def observe(
    cluster: Cluster,
    namespaces: Namespaces,
    foundation: Foundation,
    hetzner: SecretReference,
) -> PrometheusAdapter:
    """Add logs, metrics and the adapter of autoscalers, which is returned.

    `hetzner` is the login of the exporter there.
    """
    logs = SingleNodeLogs(cluster, namespace=namespaces.victorialogs)
    stack = SingleNodeStack(
        cluster,
        namespace=namespaces.victoriametrics,
        gateway=foundation.gateway.hosts,
        logs=logs.query,
        control_plane=_CONTROL_PLANE,
    )
    HetznerExporter(cluster, namespace=namespaces.victoriametrics, login=hetzner)
    HetznerScrape(cluster, namespace=namespaces.victoriametrics)
    MastodonScrapes(cluster, namespace=namespaces.mastodon)
    SidecarDashboards(
        cluster,
        "grafana-dashboards",
        layer="infrastructure",
        namespace=namespaces.victoriametrics,
        folders={"": [ARGO_CD, CLUSTER_AUTOSCALER, HPA, HETZNER, MASTODON, *GATEWAY_API]},
    )
    return PrometheusAdapter(
        cluster,
        namespace=namespaces.victoriametrics,
        store=stack.query,
        issuer=foundation.internal_issuer,
        rules=_RULES,
    )


_MATCHED = "<<.Series>>{<<.LabelMatchers>>}"
_QUEUE = "ruby_http_request_queue_duration_seconds"
_BACKLOG = "ruby_puma_request_backlog"
_RULES = (
    # The exporter in the process has summaries of 0.9 and 0.99, no buckets for other quantiles.
    # Queue time exists only behind a proxy that sets X-Request-Start: without a value nothing would
    # be scaled down, so servers without it have none.
    AdapterRule(
        f"{_QUEUE}_p99",
        _BACKLOG,
        f'max({_QUEUE}{{<<.LabelMatchers>>,quantile="0.99"}}) by (namespace, job)'
        f" or max({_MATCHED} * 0) by (namespace, job)",
    ),
    AdapterRule(
        _BACKLOG,
        _BACKLOG,
        f"max({_MATCHED}) by (namespace, job)",
    ),
    AdapterRule(
        "ruby_http_requests_per_second",
        "ruby_http_requests_total",
        f"sum(rate({_MATCHED}[2m])) by (namespace, job)",
    ),
    AdapterRule(
        "sidekiq_queue_latency_seconds",
        "sidekiq_queue_latency_seconds",
        f"max({_MATCHED}) by (namespace, queue)",
    ),
    AdapterRule(
        "mastodon_streaming_connected_clients",
        "mastodon_streaming_connected_clients",
        f"sum({_MATCHED}) by (namespace)",
    ),
)
