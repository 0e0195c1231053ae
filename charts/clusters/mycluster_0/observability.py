"""Observability of mycluster-0: metrics, logs, traces, dashboards and notifications."""

from charts.clusters.mycluster_0.namespaces import Namespaces
from charts.observability.event_exporter import EventExporter
from charts.observability.flux_watch import FluxNotifications, FluxObservability
from charts.observability.grafana_dashboard import GrafanaDashboards
from charts.observability.grafana_folder import GrafanaFolders
from charts.observability.grafana_operator import GrafanaOperation
from charts.observability.hubble_ui import HubbleUi
from charts.observability.loggen import Loggen
from charts.observability.oncall import OnCall
from charts.observability.platform_monitoring import PlatformMonitoring
from charts.observability.victoria_logs import LogStore, VictoriaLogs
from charts.observability.victoria_metrics_stack import VictoriaMetricsStack
from charts.observability.victoria_metrics_store import MetricsStore
from charts.observability.victoria_traces import VictoriaTraces
from kubestrata import Cluster, Frozen, Reference
from kubestrata.constructs import GatewayReference
from kubestrata.constructs.observability import GrafanaInstance


class Observability(Frozen):
    """Components with a web page."""

    stack: VictoriaMetricsStack
    grafana: GrafanaInstance
    logs: VictoriaLogs
    traces: VictoriaTraces
    oncall: OnCall
    hubble: HubbleUi


def observe(
    cluster: Cluster,
    namespaces: Namespaces,
    *,
    metrics: MetricsStore,
    logs: LogStore,
    admin: GatewayReference,
    discovery: Reference,
) -> Observability:
    """Add the layer `observability`; the stores select one pod or many.

    `admin` is the gateway of operators, `discovery` the cloud identity of the scraper.
    """
    stack = VictoriaMetricsStack(
        cluster, namespace=namespaces.observability, store=metrics, discovery=discovery
    )
    operation = GrafanaOperation(cluster, stack=stack)
    log_store = VictoriaLogs(cluster, stack=stack, store=logs, gateway=admin)
    traces = VictoriaTraces(cluster, stack=stack)
    for component in (log_store, traces):
        # Their data sources become ready in Grafana alone.
        component.needs(operation.grafana.ref)
    EventExporter(cluster, logs=log_store)
    Loggen(cluster, namespace=namespaces.observability)

    oncall = OnCall(cluster, stack=stack, grafana=operation.grafana, gateway=admin)
    GrafanaDashboards(cluster, folders=GrafanaFolders(cluster, operation=operation))

    FluxObservability(cluster, namespace=namespaces.observability)
    PlatformMonitoring(cluster, namespace=namespaces.observability)
    FluxNotifications(
        cluster,
        namespace=namespaces.flux_system,
        releases=[
            namespaces.apps,
            namespaces.crossplane_system,
            namespaces.flux_system,
            namespaces.infrastructure,
            namespaces.karpenter,
            namespaces.kube_system,
            namespaces.observability,
            namespaces.security,
            namespaces.tailscale,
            namespaces.tooling,
        ],
    )
    hubble = HubbleUi(cluster, namespace=namespaces.kube_system, gateway=admin)
    return Observability(stack, operation.grafana, log_store, traces, oncall, hubble)
