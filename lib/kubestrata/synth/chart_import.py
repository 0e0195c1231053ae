"""The charts that the clusters of a project, or of a folder of plain YAML, use: fetched and locked.

The pins are those of the releases themselves; there is no second list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kubestrata.gitops.own_chart import is_own
from kubestrata.helm.chart_folder import is_chart
from kubestrata.helm.chart_source import WantedChart, is_git
from kubestrata.helm.charts_lock import LOCK_FILE, read_lock, write_lock
from kubestrata.helm.fetch import Progress, fetch_charts, missing_charts
from kubestrata.helm.store import ChartStore
from kubestrata.rules.release import charts_used
from kubestrata.rules.subject import ClusterTree


@dataclass(frozen=True, slots=True)
class ChartImport:
    """The result of an import: the number of charts in the lock, of new ones, and problems."""

    charts: int
    fetched: int
    problems: list[str]


def import_charts(
    trees: Iterable[ClusterTree], folder: Path, store: ChartStore, progress: Progress
) -> ChartImport:
    """Fetch the charts of clusters that the store lacks, and write the lock in `folder`.

    Raises ImportSourceError if the content of a locked chart has changed; the lock stays then.
    """
    wanted = wanted_charts(trees, folder)
    found = fetch_charts(wanted, read_lock(folder), store, folder, progress)
    if found.charts or (folder / LOCK_FILE).exists():
        write_lock(folder, found.charts)
    return ChartImport(len(set(found.charts)), found.new, found.problems)


def check_charts(trees: Iterable[ClusterTree], folder: Path, store: ChartStore) -> list[str]:
    """Return a line for each chart that the lock or the store lacks; needs no network."""
    return missing_charts(wanted_charts(trees, folder), read_lock(folder), store)


def wanted_charts(trees: Iterable[ClusterTree], folder: Path) -> list[WantedChart]:
    """Return the charts of releases, without those that are in the repository itself."""
    return sorted({each for tree in trees for each in _wanted(tree, folder)})


def _wanted(tree: ClusterTree, folder: Path) -> Iterator[WantedChart]:
    for use in charts_used(tree):
        if not (is_own(tree, use) and is_chart(folder / use.path)):
            # The name of a chart in a folder is in its Chart.yaml, and so is its version.
            local = is_git(use.source)
            yield WantedChart("" if local else use.name, "" if local else use.version, use.source)
