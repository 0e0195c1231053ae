"""Sub-charts that a chart declares but does not contain, as in a Git repository, from the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubestrata.core.json_value import mapping
from kubestrata.helm.chart_file import Dependency, read_chart_file
from kubestrata.helm.packed import CHART_FILE, unpacked
from kubestrata.helm.store import ChartStore, archive_at, digest_of
from kubestrata.helm.work import UsedChart

NOT_IN_STORE = "is not in the store"
_DEEPEST = 5


class MissingSubChartError(Exception):
    """An enabled sub-chart that is neither in the chart nor in the store."""


def missing_in(where: str, files: Mapping[str, bytes], below: str = "") -> list[Dependency]:
    """Return the dependencies of the chart in a folder of `files` that are not in its charts/."""
    declared = read_chart_file(where, files, below).dependencies
    at_hand = {
        read_chart_file(where, files, f"{below}charts/{folder}/").name
        for folder in folders_in(files, below)
    }
    return [each for each in declared if each.name not in at_hand]


def folders_in(files: Mapping[str, bytes], below: str = "") -> list[str]:
    """Return the folders of the sub-charts of the chart in a folder."""
    start = f"{below}charts/"
    inner = (path.removeprefix(start).split("/") for path in files if path.startswith(start))
    return sorted({parts[0] for parts in inner if len(parts) == 2 and parts[1] == CHART_FILE})


class SubCharts:
    """Adds missing sub-charts to the files of a chart; `used` are those that it added."""

    def __init__(self, store: ChartStore, where: str) -> None:
        self._store = store
        self._where = where
        self.used: list[UsedChart] = []

    def complete(self, files: dict[str, bytes], values: Mapping[str, Any]) -> None:
        """Add the sub-charts that `values`, merged with the defaults, do not disable.

        Raises MissingSubChartError for one that is not at hand, ImportSourceError for one that
        is not a valid chart.
        """
        self._complete(files, "", values, values, 0)

    def _complete(
        self,
        files: dict[str, bytes],
        below: str,
        values: Mapping[str, Any],
        top: Mapping[str, Any],
        depth: int,
    ) -> None:
        if depth > _DEEPEST:
            raise MissingSubChartError(f"sub-charts are more than {_DEEPEST} levels deep")
        for each in missing_in(self._where, files, below):
            if is_enabled(each, values, top):
                self._add(files, below, each)
        for folder in folders_in(files, below):
            own = mapping(values.get(folder))
            self._complete(files, f"{below}charts/{folder}/", own, top, depth + 1)

    def _add(self, files: dict[str, bytes], below: str, wanted: Dependency) -> None:
        chart = self._store.find(wanted.name, wanted.version, wanted.repository)
        if chart is None:
            name = read_chart_file(self._where, files, below).name
            raise MissingSubChartError(
                f"the sub-chart {wanted.name} {wanted.version} of {name} {NOT_IN_STORE}"
            )
        data = archive_at(chart.path)
        self.used.append(UsedChart(wanted.name, wanted.version, digest_of(data)))
        folder = f"{below}charts/{chart.name}"
        for path, content in unpacked(chart.name, data).items():
            files[f"{folder}/{path}"] = content


def is_enabled(each: Dependency, values: Mapping[str, Any], top: Mapping[str, Any]) -> bool:
    """Return False if a condition, or else every tag that is set, disables a sub-chart.

    The first path of the condition that has a boolean counts (source: Helm, dependencies).
    """
    for path in each.condition.split(","):
        value: object = values
        for key in path.strip().split("."):
            value = mapping(value).get(key)
        if isinstance(value, bool):
            return value
    tags = mapping(top.get("tags"))
    states = [tags[tag] for tag in each.tags if isinstance(tags.get(tag), bool)]
    return not states or any(states)
