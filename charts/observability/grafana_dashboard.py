"""Dashboards of a platform, each a JSON file beside this module."""

from pathlib import Path

from charts.observability.grafana_folder import GrafanaFolders
from kubestrata import Cluster, Component
from kubestrata.constructs.observability import Dashboard

_FILES = Path(__file__).parent / "dashboards"
_FOLDERS = {
    "application-requests": "applications",
    "cert-manager": "security",
    "cloudnative-pg": "databases",
    "external-secrets": "security",
    "flux": "delivery",
    "gateway-traffic": "network",
    "karpenter": "kubernetes",
    "kubernetes-cluster": "kubernetes",
    "kubernetes-workloads": "kubernetes",
    "network-flows": "network",
    "victoria-logs": "observability",
    "victoria-metrics": "observability",
}


class GrafanaDashboards(Component):
    """One GrafanaDashboard per file."""

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
