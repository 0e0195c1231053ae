"""Dashboards that a sidecar of Grafana loads."""

from collections.abc import Mapping, Sequence

from charts.observability.board import Board
from kubestrata import Cluster, Component, Reference
from kubestrata.constructs.observability import Dashboard

_PREFIX = "grafana-dashboard"


class SidecarDashboards(Component):
    """A ConfigMap `grafana-dashboard-<uid>` for each of the boards.

    `names` has other names, for boards whose uid says nothing.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        boards: Sequence[Board],
        names: Mapping[str, str],
    ) -> None:
        super().__init__(scope, "grafana-dashboards", layer="infrastructure", namespace=namespace)
        for board in boards:
            name = names.get(board.uid, board.uid)
            Dashboard(self, f"{_PREFIX}-{name}", json=board.text)
