"""Observability of talos: metrics, logs, and Grafana."""

from charts.clusters.talos.infrastructure import Foundation
from charts.clusters.talos.namespaces import Namespaces
from charts.clusters.talos.sign_on import SignOn
from charts.observability.boards.harbor import HARBOR
from charts.observability.kube_prometheus_stack.value import MONITORING
from charts.observability.kube_prometheus_stack.with_grafana import (
    GrafanaSecrets,
    PrometheusStackWithGrafana,
)
from charts.observability.loki_stack import LokiStack
from charts.observability.sidecar_dashboards import SidecarDashboards
from kubestrata import Cluster, Frozen


class Observability(Frozen):
    """The stack, and the logs; the cluster provides monitoring to what comes later."""

    stack: PrometheusStackWithGrafana
    logs: LokiStack


def observe(
    cluster: Cluster, namespaces: Namespaces, foundation: Foundation, login: SignOn
) -> Observability:
    """Add the stack and the logs, and provide them as the monitoring of the cluster."""
    cluster.offer(MONITORING)
    secrets = GrafanaSecrets(cluster, namespace=namespaces.monitoring, identity=login.authentik.url)
    stack = PrometheusStackWithGrafana(
        cluster,
        namespace=namespaces.monitoring,
        storage_class=foundation.storage_class,
        grafana=secrets,
    )
    SidecarDashboards(
        cluster,
        "harbor-dashboard",
        namespace=namespaces.monitoring,
        folders={"": [HARBOR]},
        prefix="",
    )
    logs = LokiStack(cluster, namespace=namespaces.loki, storage_class=foundation.storage_class)
    return Observability(stack, logs)
