"""How a workload is watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import msgspec
from msgspec import Meta

from kubestrata.constructs.observability import Alert
from kubestrata.constructs.workload.container import HTTP, read_text
from kubestrata.core.declaration import Declaration
from kubestrata.core.value.duration import Duration

# Python hands over the file; JSON has its text.
if TYPE_CHECKING:
    DashboardText: TypeAlias = str | Path
else:
    DashboardText = str


class Observed(Declaration, kw_only=True):
    """A scrape, alerts that every workload has and those of its own, and dashboards.

    In Python a dashboard may be a `Path` whose text is read.
    """

    port: Annotated[str, Meta(description="Name of the port that shows metrics.")] = HTTP
    path: Annotated[str, Meta(pattern="^/", description="Where on that port.")] = "/metrics"
    interval: Annotated[
        Duration | None, Meta(description="How often; the scraper's default unless given.")
    ] = None
    alerts: Annotated[Sequence[Alert], Meta(description="Beside those of every workload.")] = ()
    dashboards: Annotated[
        Mapping[str, DashboardText], Meta(description="Grafana's JSON by name.")
    ] = {}

    def __post_init__(self) -> None:
        """Read the files."""
        texts = {name: read_text(text) for name, text in self.dashboards.items()}
        msgspec.structs.force_setattr(self, "dashboards", texts)
        super().__post_init__()
