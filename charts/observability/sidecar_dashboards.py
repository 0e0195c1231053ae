"""Dashboards that a sidecar of Grafana loads."""

from collections.abc import Mapping, Sequence

from charts.observability.boards.board import Board
from kubestrata import Cluster, Component, Frozen, Reference
from kubestrata.constructs.observability import Dashboard, DashboardFolder, PublishedDashboard


class Download(Frozen):
    """A dashboard of grafana.com, by its id there, at one revision."""

    name: str
    number: int
    revision: int


class SidecarDashboards(Component):
    """A ConfigMap for each dashboard, named `<prefix><name>`.

    `folders` are dashboards by the title of their folder; that of '' is Grafana's general one.
    """

    def __init__(
        self,
        scope: Cluster,
        name: str,
        *,
        layer: str = "observability",
        namespace: Reference,
        folders: Mapping[str, Sequence[Board | Download]],
        prefix: str = "grafana-dashboard-",
    ) -> None:
        super().__init__(scope, name, layer=layer, namespace=namespace)
        for title, boards in folders.items():
            folder = DashboardFolder(self, title.lower(), title=title) if title else None
            for each in boards:
                self._add(f"{prefix}{each.name}", each, folder)

    def _add(self, id: str, board: Board | Download, folder: DashboardFolder | None) -> None:
        if isinstance(board, Board):
            Dashboard(self, id, json=board.text, folder=folder)
            return
        PublishedDashboard(self, id, number=board.number, revision=board.revision, folder=folder)
