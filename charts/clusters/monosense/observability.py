"""Observability of monosense.io: one store of metrics and of logs on infra, senders elsewhere."""

from collections.abc import Sequence

from charts import catalogue
from charts.clusters.monosense.data import Data, Messaging
from charts.clusters.monosense.logins import GRAFANA as GRAFANA_HOST
from charts.clusters.monosense.logins import GRAFANA_CLIENT
from charts.clusters.monosense.shared import VMAGENT, Shared
from charts.infrastructure.reloader import Reloader, ReplicatedReloader
from charts.observability import central_logs
from charts.observability.alerts import (
    application,
    credential,
    dragonfly,
    kafka,
    network,
    postgres,
    storage,
    victoria_metrics,
)
from charts.observability.alerts.postgres import PoolerLimits
from charts.observability.boards.board import Board
from charts.observability.boards.central import (
    CLUSTER_COMPARISON,
    CNPG_POOLER,
    DRAGONFLY,
    GLOBAL_OVERVIEW,
    VICTORIA_LOGS,
)
from charts.observability.central_alerts import CentralAlerts
from charts.observability.central_grafana import (
    PASSWORD,
    USER,
    CentralGrafana,
)
from charts.observability.central_logs import CentralLogs, LogVolume
from charts.observability.central_metrics import CentralMetrics, CentralStore
from charts.observability.data_scrape import DataScrape
from charts.observability.fluent_bit import FluentBit, LogTarget
from charts.observability.metric_agent import MetricAgent
from charts.observability.metric_collection import Sender
from charts.observability.sidecar_dashboards import Download, SidecarDashboards
from charts.security.keycloak.server import KeycloakServer
from kubestrata import Component, Quantity, Reference
from kubestrata.constructs import ExternalSecret, RemoteKey, SecretSource
from kubestrata.constructs.identity import ClientSecret, SingleSignOn
from kubestrata.constructs.observability import GrafanaSidecar, PrometheusOperator
from kubestrata.constructs.traffic import MeshService, ServicePort

STORE = "infra"
"""The cluster whose stores the other ones send to."""
GRAFANA = GrafanaSidecar()
_PROMETHEUS = PrometheusOperator(scraper=VMAGENT)
# Grafana creates a folder with its first dashboard; one for workloads has none yet.
_FOLDERS: dict[str, Sequence[Board | Download]] = {
    "Infrastructure": [Download("kubernetes-cluster", 315, 3), Download("rook-ceph", 2842, 18)],
    "Databases": [Download("cloudnative-pg", 20417, 4), CNPG_POOLER, DRAGONFLY],
    "Observability": [
        Download("fluent-bit", 18855, 1),
        Download("victoria-metrics-cluster", 11176, 45),
        VICTORIA_LOGS,
    ],
    "Multi-Cluster": [CLUSTER_COMPARISON, GLOBAL_OVERVIEW],
}
_POOLERS = {
    "harbor-pooler": PoolerLimits(clients=200, servers=15),
    "keycloak-pooler": PoolerLimits(clients=200, servers=20),
    "gitlab-pooler": PoolerLimits(clients=300, servers=25),
    "synergyflow-pooler": PoolerLimits(clients=150, servers=10),
}
_PORTABLE = {
    "coredns": network.COREDNS,
    "cloudflared": network.CLOUDFLARED,
    "external-dns-cloudflare": network.EXTERNAL_DNS_CLOUDFLARE,
    "external-dns-rfc2136": network.EXTERNAL_DNS_RFC2136,
    "cert-manager": credential.CERT_MANAGER,
    "external-secrets": credential.EXTERNAL_SECRETS,
    "openebs": storage.OPENEBS,
    "rook-ceph-operator": storage.ROOK_OPERATOR,
    "rook-ceph-cluster": storage.CEPH,
    "victoria-metrics-vmcluster": victoria_metrics.VMCLUSTER,
}
_NATIVE = {
    "cloudnative-pg-operator": postgres.OPERATOR,
    "shared-postgres": (
        postgres.shared_cluster(instances=3, size_bytes=80 * 2**30, connections=200),
        postgres.poolers(_POOLERS),
    ),
    "dragonfly": dragonfly.DRAGONFLY,
    "strimzi-operator": kafka.STRIMZI,
    "kafka": kafka.KAFKA,
    "keycloak": application.KEYCLOAK,
    "harbor": application.HARBOR,
    "gitlab": application.GITLAB,
    "actions-runner-controller": application.ARC,
}


def scrape_data(shared: Shared, data: Data) -> None:
    """Scrape the databases of infra, their poolers, and Dragonfly."""
    postgres = data.postgres
    poolers = {
        f"{name}-pooler": (pool.endpoint.pods, "metrics") for name, pool in postgres.pools.items()
    }
    DataScrape(
        shared.cluster,
        namespace=shared.namespaces.observability,
        targets={
            "shared-postgres": (postgres.postgres.instances, "metrics"),
            **poolers,
            "dragonfly": (data.dragonfly.endpoint.pods, "admin"),
        },
    )


def scrape_messaging(shared: Shared, messaging: Messaging) -> None:
    """Scrape Kafka by its pods, because Services of Strimzi have no port with metrics."""
    kafka = messaging.kafka.kafka
    DataScrape(
        shared.cluster,
        namespace=shared.namespaces.observability,
        targets={
            "strimzi-operator": (messaging.operator.operator.pods, "http"),
            "kafka-brokers": (kafka.endpoint.pods, "tcp-prometheus"),
            "kafka-exporter": (kafka.exporter, "tcp-prometheus"),
            # Both of its operators serve metrics beside their health.
            "kafka-entity-operator": (kafka.operators, "healthcheck"),
        },
    )


def store_centrally(shared: Shared, *, senders: Sequence[str], sign_on: KeycloakServer) -> None:
    """Add the stores, Grafana and the alerts; `senders` are clusters that send to them.

    `sign_on` logs people in to Grafana.
    """
    cluster, home = shared.cluster, shared.namespaces.observability
    storage_class = shared.storage.block
    access = GrafanaAccess(shared)
    metrics = CentralMetrics(
        cluster,
        namespace=home,
        store=CentralStore("30d", copies=2, size=Quantity("50Gi"), storage=storage_class),
        sender=_sender(shared),
        senders=senders,
        grafana=CentralGrafana(
            host=GRAFANA_HOST,
            admin=access.admin,
            login=access.login,
            storage=storage_class,
            size=Quantity("10Gi"),
            sign_on=sign_on.way_in,
        ),
    )
    sign_on.admit(metrics.pods("grafana"))
    logs = CentralLogs(
        cluster,
        namespace=home,
        volume=LogVolume("30d", Quantity("100Gi"), storage_class),
        reader=metrics.pods("grafana"),
    )
    _collect(shared, after=logs.proxy.ref)
    SidecarDashboards(cluster, "dashboards", namespace=home, folders=_FOLDERS)
    CentralAlerts(cluster, namespace=home, portable=_PORTABLE, other=_PROMETHEUS, native=_NATIVE)


def send_to_store(shared: Shared) -> None:
    """Add the agents that send metrics and logs to the stores of another cluster."""
    cluster, home = shared.cluster, shared.namespaces.observability
    MetricAgent(cluster, namespace=home, sender=_sender(shared), store=STORE)
    logs = RemoteLogs(shared)
    _collect(shared, after=logs.service.ref)


class GrafanaAccess(Component):
    """The Secrets of Grafana: its administrator, and its client of single sign-on."""

    def __init__(self, shared: Shared) -> None:
        name = "grafana-access"
        home = shared.namespaces.observability
        super().__init__(shared.cluster, name, layer="security", namespace=home)
        path = f"kubernetes/{shared.settings.name}/grafana-admin"
        keys = {USER: RemoteKey(path, "username"), PASSWORD: RemoteKey(path, "password")}
        self.admin = ExternalSecret(self, "grafana-admin", source=SecretSource.keys(keys)).secret
        secret = ClientSecret(name="grafana-oidc", id_key=None, secret_key="client-secret")  # noqa: S106
        self.login = SingleSignOn(self, GRAFANA_CLIENT, secret=secret).login


class RemoteLogs(Component):
    """The Service of the proxy before the logs, whose pods are in another cluster."""

    def __init__(self, shared: Shared) -> None:
        home = shared.namespaces.observability
        super().__init__(shared.cluster, central_logs.NAME, layer="observability", namespace=home)
        ports = [ServicePort(central_logs.PROXY_PORT, name="http")]
        self.service = MeshService(self, central_logs.PROXY, ports=ports)


def _sender(shared: Shared) -> Sender:
    return Sender(shared.settings.name, [node.address for node in shared.settings.nodes])


def _collect(shared: Shared, *, after: Reference) -> None:
    """Add what every cluster runs: the collector of logs, and Reloader."""
    namespaces = shared.namespaces
    host = f"{central_logs.PROXY}.{namespaces.observability.object_name}.svc.cluster.local"
    target = LogTarget(host, central_logs.PROXY_PORT, shared.settings.name)
    FluentBit(shared.cluster, namespace=namespaces.fluent_bit, target=target, after=after)
    Reloader(
        shared.cluster,
        namespace=namespaces.kube_system,
        chart=catalogue.OCI_RELOADER,
        replicated=ReplicatedReloader(VMAGENT),
    )
