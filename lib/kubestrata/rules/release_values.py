"""The values of HelmReleases, each with its schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kubestrata.core.json_value import mapping
from kubestrata.helm.store import plain
from kubestrata.rules.api_group import HELM
from kubestrata.rules.deployed import is_shipped
from kubestrata.rules.judged import catalogue_of
from kubestrata.rules.release import ChartUse, chart_of
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.schema import ValuesSchema, stored_values


@dataclass(frozen=True, slots=True)
class ReleaseValues:
    """The values of a release with the schema of its chart; `is_exact` if that has its version."""

    release: Subject
    values: dict[str, Any]
    schema: ValuesSchema
    is_exact: bool


def release_values(tree: ClusterTree) -> Iterator[ReleaseValues]:
    """Yield every release whose chart is available in its version, or known to the bindings."""
    folders, at_hand = catalogue_of(tree).folders, tree.once(_AtHand)
    for release in tree.of_kind(HELM, "HelmRelease"):
        use = chart_of(tree, release)
        if use is None:
            continue
        stored = filter(None, (stored_values(folder, use.name) for folder in folders))
        exact = at_hand.schema(use)
        schema = exact or next(stored, None)
        if schema is not None:
            package = use.name.replace("-", "_").replace(".", "_")
            is_exact = exact is not None or is_shipped(tree, package, use.version)
            yield ReleaseValues(release, mapping(release.spec.get("values")), schema, is_exact)


class _AtHand:
    """The schemas of the values of charts that releases use, each read once."""

    def __init__(self, tree: ClusterTree) -> None:
        self._store = tree.charts
        self._known: dict[str, ValuesSchema | None] = {}

    def schema(self, use: ChartUse) -> ValuesSchema | None:
        """Return the schema of the very version of a chart; None if it is not at hand."""
        if self._store is None or not use.version:
            return None
        chart = self._store.find(use.name, use.version, use.source)
        if chart is None or plain(chart.version) != plain(use.version):
            return None
        if chart.digest not in self._known:
            schema = self._store.values_schema(chart)
            self._known[chart.digest] = None if schema is None else ValuesSchema(schema)
        return self._known[chart.digest]
