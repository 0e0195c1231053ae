"""Dashboards of a platform: JSON files beside this module, and some that grafana.com publishes."""

from pathlib import Path

from charts.observability.grafana_folder import GrafanaFolders
from kubestrata import Cluster, Component
from kubestrata.constructs.observability import Dashboard, PublishedDashboard

_FILES = Path(__file__).parent / "dashboards"
_FOLDERS = {
    "application-requests": "applications",
    "cert-manager": "security",
    "cilium-operator": "network",
    "cloudnative-pg": "databases",
    "external-secrets": "security",
    "flux": "delivery",
    "flux-control-plane": "delivery",
    "gateway-traffic": "network",
    "hubble-dns": "network",
    "hubble-http": "network",
    "hubble-network": "network",
    "karpenter": "kubernetes",
    "kubernetes-cluster": "kubernetes",
    "kubernetes-workloads": "kubernetes",
    "log-explorer": "observability",
    "network-flows": "network",
    "observability-demo": "applications",
    "postgres-query-performance": "databases",
    "postgres-query-plans": "databases",
    "victoria-logs": "observability",
    "victoria-metrics": "observability",
}
# Name -> id and revision at grafana.com, and the folder.
_PUBLISHED = {
    "node-exporter": (1860, 37, "kubernetes"),
    "victoria-logs-single-node": (22084, None, "observability"),
    "victoria-traces-single-node": (24136, None, "observability"),
}


class GrafanaDashboards(Component):
    """One GrafanaDashboard per file, and for each published one."""

    def __init__(self, scope: Cluster, *, folders: GrafanaFolders) -> None:
        super().__init__(
            scope,
            "grafana-dashboards",
            layer="observability",
            namespace=folders.home_namespace,
        )
        for name, folder in _FOLDERS.items():
            Dashboard(
                self,
                name,
                json=_FILES / f"{name}.json",
                folder=folders.by_name[folder],
            )
        for name, (number, revision, folder) in _PUBLISHED.items():
            PublishedDashboard(
                self,
                name,
                number=number,
                revision=revision,
                folder=folders.by_name[folder],
            )
