"""Metrics and logs of cloudlab, in one namespace as a deliberate exception."""

from charts.clusters.cloudlab.infrastructure import Foundation
from charts.clusters.cloudlab.secret_file import secret_file
from charts.clusters.cloudlab.sign_on import SignOn
from charts.observability.alloy import Alloy
from charts.observability.certificate_watch import CertificateWatch
from charts.observability.database_watch import DatabaseWatch
from charts.observability.kube_prometheus_stack.with_pages import PrometheusStackWithPages
from charts.observability.loki import Loki
from kubestrata import Cluster


def observe(cluster: Cluster, ground: Foundation, login: SignOn) -> PrometheusStackWithPages:
    """Add the stack, the logs, and the alerts on certificates."""
    stack = PrometheusStackWithPages(
        cluster,
        gateway=ground.gateway,
        storage_class=ground.nfs.storage_class,
        secrets=secret_file("monitoring-secrets"),
        login=login.grafana,
        login_labels=login.skip,
    )
    monitoring = stack.home_namespace
    loki = Loki(cluster, namespace=monitoring, storage_class=ground.nfs.storage_class)
    Alloy(cluster, namespace=monitoring, logs=loki.service, gateway=ground.gateway)
    CertificateWatch(cluster, namespace=monitoring, pods=ground.cert_manager.controller)
    DatabaseWatch(
        cluster,
        namespace=monitoring,
        operator=ground.operator,
        postgres=ground.postgres.postgres,
    )
    return stack
