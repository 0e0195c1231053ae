"""How a workload is watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from kubestrata.constructs.observability import Alert
from kubestrata.constructs.workload.container import HTTP, read_text
from kubestrata.core.declaration import Declaration
from kubestrata.core.value.duration import Duration


class WorkloadMonitoring(Declaration, kw_only=True):
    """A scrape, alerts that every workload has and those of its own, and dashboards.

    A dashboard may be a `Path` whose text is read.
    """

    port: Annotated[str, Meta(description="Name of the port that shows metrics.")] = HTTP
    path: Annotated[str, Meta(pattern="^/", description="Where on that port.")] = "/metrics"
    interval: Annotated[
        Duration | None, Meta(description="How often; the scraper's default unless given.")
    ] = None
    alerts: Annotated[Sequence[Alert], Meta(description="Beside those of every workload.")] = ()
    dashboards: Annotated[
        Mapping[str, str | Path], Meta(description="Grafana's JSON by name.")
    ] = {}

    def __post_init__(self) -> None:
        """Check the fields that JSON can hold, and read the files."""
        self.check_fields(without=("dashboards",))
        self.check_value("dashboards", self.dashboard_texts, Mapping[str, str])

    @property
    def dashboard_texts(self) -> dict[str, str]:
        """Grafana's JSON by name, files read."""
        return {name: read_text(text) for name, text in self.dashboards.items()}
