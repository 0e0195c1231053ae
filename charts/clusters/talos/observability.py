"""Observability of talos: metrics, logs, and Grafana."""

from charts.clusters.talos.infrastructure import Foundation
from charts.clusters.talos.namespaces import Namespaces
from charts.clusters.talos.sign_on import SignOn
from charts.observability.harbor_dashboard import HarborDashboard
from charts.observability.kube_prometheus_stack import MONITORING
from charts.observability.loki_stack import LokiStack
from charts.observability.prometheus_stack import GrafanaSecrets, PrometheusStack
from kubestrata import Cluster, Frozen


class Observability(Frozen):
    """The stack, and the logs; the cluster provides monitoring to what comes later."""

    stack: PrometheusStack
    logs: LokiStack


def observe(
    cluster: Cluster, namespaces: Namespaces, foundation: Foundation, login: SignOn
) -> Observability:
    """Add the stack and the logs, and provide them as the monitoring of the cluster."""
    cluster.offer(MONITORING)
    secrets = GrafanaSecrets(cluster, namespace=namespaces.monitoring, identity=login.authentik.url)
    stack = PrometheusStack(
        cluster,
        namespace=namespaces.monitoring,
        storage_class=foundation.storage_class,
        grafana=secrets,
    )
    HarborDashboard(cluster, namespace=namespaces.monitoring)
    logs = LokiStack(cluster, namespace=namespaces.loki, storage_class=foundation.storage_class)
    return Observability(stack, logs)
