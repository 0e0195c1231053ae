"""Dashboards of a central Grafana, in folders."""

from collections.abc import Sequence

from charts.observability.board import Board
from kubestrata import Cluster, Component, Frozen, Reference
from kubestrata.constructs.observability import Dashboard, DashboardFolder, PublishedDashboard

_PREFIX = "grafana-dashboard"


class Download(Frozen):
    """A dashboard of grafana.com, by its id there, at one revision."""

    name: str
    number: int
    revision: int


class CentralDashboards(Component):
    """A ConfigMap `grafana-dashboard-<name>` for each dashboard; `folders` have titles."""

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        folders: dict[str, Sequence[Board | Download]],
    ) -> None:
        super().__init__(scope, "dashboards", layer="observability", namespace=namespace)
        for title, boards in folders.items():
            folder = DashboardFolder(self, title.lower(), title=title)
            for each in boards:
                self._add(each, folder)

    def _add(self, board: Board | Download, folder: DashboardFolder) -> None:
        if isinstance(board, Board):
            Dashboard(self, f"{_PREFIX}-{board.uid}", json=board.text, folder=folder)
            return
        PublishedDashboard(
            self,
            f"{_PREFIX}-{board.name}",
            number=board.number,
            revision=board.revision,
            folder=folder,
        )
