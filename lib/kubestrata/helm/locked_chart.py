"""One chart of charts.lock, and the choice of the one that a release uses."""

from __future__ import annotations

from collections.abc import Iterable

from kubestrata.core.frozen import Frozen
from kubestrata.helm.chart_source import WantedChart
from kubestrata.helm.version_range import is_in_range, plain


class LockedChart(Frozen, order=True):
    """One entry; `version` is exact, `digest` is that of StoredChart."""

    name: str
    version: str
    source: str
    digest: str

    @property
    def key(self) -> tuple[str, str, str]:
        """The facts that choose a chart: name, version and source."""
        return self.name, plain(self.version), self.source


def locked_as(wanted: WantedChart, locked: Iterable[LockedChart]) -> LockedChart | None:
    """Return the entry of a chart: the same source, and the version or one in the range."""
    for each in locked:
        if (
            each.source == wanted.source
            and wanted.name in ("", each.name)
            and (
                not wanted.version
                or plain(each.version) == plain(wanted.version)
                or is_in_range(each.version, wanted.version)
            )
        ):
            return each
    return None
