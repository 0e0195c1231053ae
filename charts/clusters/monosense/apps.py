"""apps: the cluster of Kafka, GitLab and the runners of GitHub Actions."""

from charts.clusters.monosense.data import add_messaging
from charts.clusters.monosense.observability import scrape_messaging, send_to_store
from charts.clusters.monosense.settings import ClusterSettings, GatewayAddresses, NodeSettings
from charts.clusters.monosense.shared import build_shared
from charts.clusters.monosense.tenants import add_apps_tenants
from kubestrata import Cluster, Platform

_PORTS = ("enp1s0f0np0", "enp1s0f1np1")

APPS = ClusterSettings(
    name="apps",
    number=2,
    pods="10.246.0.0/16",
    services="10.247.0.0/16",
    dns_address="10.247.0.10",
    pool=("10.25.11.120", "10.25.11.139"),
    gateways=GatewayAddresses("10.25.11.120", "10.25.11.121", "10.25.11.122"),
    asn=64513,
    nodes=(
        NodeSettings(
            "apps-01",
            "10.25.11.14",
            "f8:f2:1e:08:32:*",
            "i40e",
            _PORTS,
            "TEAM_TM8FP6001T_TPBF0000000000000001",
        ),
        NodeSettings(
            "apps-02",
            "10.25.11.15",
            "3c:fd:fe:35:10:*",
            "i40e",
            _PORTS,
            "TEAM_TM8FP6001T_TPBF0000000000000002",
        ),
        NodeSettings(
            "apps-03",
            "10.25.11.16",
            "e4:1d:85:75:d8:*",
            "mlx4_core",
            ("enp1s0", "enp1s0d1"),
            "eui.6479a7726a304bbf",
        ),
    ),
)


def apps(platform: Platform) -> Cluster:
    """Build the cluster with all of its components, dependencies first."""
    shared = build_shared(platform, APPS)
    messaging = add_messaging(shared.cluster, shared.namespaces, shared.storage)
    add_apps_tenants(shared, messaging)
    scrape_messaging(shared, messaging)
    send_to_store(shared)
    return shared.cluster
