"""Grafana folders, by topic."""

from charts.observability.grafana_operator import GrafanaOperation
from kubestrata import Cluster, Component
from kubestrata.constructs.observability import DashboardFolder

_TITLES = {
    "applications": "Applications",
    "databases": "Databases",
    "delivery": "Delivery",
    "kubernetes": "Kubernetes",
    "network": "Network",
    "observability": "Observability",
    "security": "Security",
}


class GrafanaFolders(Component):
    """One GrafanaFolder each; dashboards wait for their folder."""

    def __init__(self, scope: Cluster, *, operation: GrafanaOperation) -> None:
        super().__init__(
            scope,
            "grafana-folders",
            layer="observability",
            namespace=operation.home_namespace,
        )
        self.needs(operation.grafana.ref)
        self.by_name = {
            name: DashboardFolder(self, name, title=title) for name, title in _TITLES.items()
        }
