"""The charts that the clusters of a project, or of a folder of plain YAML, use: fetched and locked.

The pins are those of the releases themselves; there is no second list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kubestrata.core.errors import ImportSourceError
from kubestrata.core.frozen import Frozen
from kubestrata.gitops.application_chart import application_charts
from kubestrata.gitops.chart_objects import with_charts
from kubestrata.gitops.disk import Disk
from kubestrata.gitops.own_chart import is_own
from kubestrata.gitops.release_reader import MOST_LEVELS
from kubestrata.helm.chart_folder import is_chart
from kubestrata.helm.chart_source import WantedChart, is_git
from kubestrata.helm.charts_lock import LOCK_FILE, read_lock, write_lock
from kubestrata.helm.fetch import Progress, fetch_charts, missing_charts
from kubestrata.helm.locked_chart import LockedChart
from kubestrata.helm.packed import unpacked
from kubestrata.helm.stable_template import is_template
from kubestrata.helm.store import ChartStore, archive_at
from kubestrata.rules.api_group import ARGO, HELM
from kubestrata.rules.release import ChartUse, chart_of
from kubestrata.rules.subject import ClusterTree

_RELEASE = re.compile(rb"helm\.toolkit\.fluxcd\.io/|argoproj\.io/")


class ChartImport(Frozen):
    """The result of an import: the number of charts in the lock, of new ones, and problems."""

    charts: int
    fetched: int
    problems: list[str]


def import_charts(
    trees: Sequence[ClusterTree], folder: Path, store: ChartStore, progress: Progress
) -> ChartImport:
    """Fetch the charts of clusters that the store lacks, and write the lock in `folder`.

    So are the charts of releases that charts make, if Helm's engine is installed. Raises
    ImportSourceError if the content of a locked chart has changed; the lock stays then.
    """
    locked = read_lock(folder)
    wanted = wanted_charts(trees, folder)
    found = fetch_charts(wanted, locked, store, folder, progress)
    fetched = found.new
    for _ in range(MOST_LEVELS):
        if not any(_makes_releases(store, each) for each in found.charts):
            break
        shelf = ChartStore(store.root, store.folders, folder, found.charts)
        more = wanted_charts(with_charts(trees, shelf), folder)
        if set(more) <= set(wanted):
            break
        wanted = sorted({*wanted, *more})
        found = fetch_charts(wanted, [*locked, *found.charts], store, folder, progress)
        fetched += found.new
    if found.charts or (folder / LOCK_FILE).exists():
        write_lock(folder, found.charts)
    return ChartImport(len(set(found.charts)), fetched, found.problems)


def _makes_releases(store: ChartStore, locked: LockedChart) -> bool:
    """Return True if the templates of a chart may make releases."""
    try:
        chart = store.get(locked.name, locked.version, locked.digest, locked.source)
        files = unpacked(chart.name, archive_at(chart.path))
    except ImportSourceError:
        return False
    return any(is_template(path) and _RELEASE.search(data) for path, data in files.items())


def check_charts(trees: Sequence[ClusterTree], folder: Path, store: ChartStore) -> list[str]:
    """Return a line for each chart that the lock or the store lacks; needs no network."""
    return missing_charts(wanted_charts(trees, folder), read_lock(folder), store)


def wanted_charts(trees: Iterable[ClusterTree], folder: Path) -> list[WantedChart]:
    """Return the charts of releases, without those that are in the repository itself."""
    disk = Disk(folder)
    return sorted({_wanted(use) for tree in trees for use in charts_used(tree, disk)})


def charts_used(tree: ClusterTree, disk: Disk) -> Iterator[ChartUse]:
    """Yield the chart of each release whose source is known; `disk` is the repository itself."""
    for release in tree.of_kind(HELM, "HelmRelease"):
        use = chart_of(tree, release)
        if use is None or not use.source:
            continue
        if not (is_own(tree, use) and is_chart(disk.root / use.path)):
            yield use
    for application in tree.of_kind(ARGO, "Application"):
        charts = application_charts(tree, application, disk)
        yield from (each.use for each in charts if each.folder is None)


def _wanted(use: ChartUse) -> WantedChart:
    # The name of a chart in a folder is in its Chart.yaml, and so is its version.
    local = is_git(use.source)
    return WantedChart("" if local else use.name, "" if local else use.version, use.source)
