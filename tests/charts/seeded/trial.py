"""Checks of seeded clusters, as `kubestrata check --charts FOLDER --require-charts` runs them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from kubestrata.delivery.delivered import Delivered, DeliveredCluster
from kubestrata.gitops.chart_objects import with_charts
from kubestrata.helm.store import ChartStore
from kubestrata.rules.contract.contract import contract_of
from kubestrata.rules.counterpart import Counterpart
from kubestrata.rules.engine import Report
from kubestrata.rules.settings import Settings
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Severity, Violation
from kubestrata.synth.check import check_delivered
from kubestrata.synth.cluster_tree import trees_of
from kubestrata.synth.project import build, load_project
from kubestrata.synth.synthesis import synthesize
from tests.charts.seeded.seed import A, E, Seed, sown

_Key = tuple[str, str, str, str]
_SORTS = ("store-key", "variable")


@dataclass(frozen=True)
class Trial:
    """The clusters of the project, their charts, and what is reported without any fault.

    The contract of each untouched cluster stands for the other side: keys of stores and variables.
    """

    settings: Settings
    clusters: dict[str, DeliveredCluster]
    store: ChartStore
    untouched: dict[str, Report] = field(default_factory=dict[str, Report])

    def run(self, seed: Seed) -> list[Violation]:
        """Return the errors and warnings that name the seeded object, and are new."""
        cluster = self.clusters[seed.cluster]
        before = {_key(each) for each in self.untouched[seed.cluster].violations}
        report = self.report(sown(seed, cluster))
        new = [each for each in report.violations if _key(each) not in before]
        return [
            each
            for each in new
            if each.severity in (Severity.ERROR, Severity.WARNING)
            and each.rule in seed.rules
            and _names(each, seed.named)
        ]

    def report(self, cluster: DeliveredCluster) -> Report:
        """Return the report of a cluster with its charts."""
        (report,) = check_delivered(Delivered((cluster,)), self.settings, store=self.store)
        return report


def trial_of(root: Path, charts: Sequence[Path], store: Path) -> Trial:
    """Return the project of a folder with the charts of others; `store` is a scratch folder."""
    project = load_project(root)
    every = synthesize(build(project)).clusters
    delivered = Delivered(tuple(each for each in every if each.name in (A, E)))
    chart_store = ChartStore(store, charts)
    chart_store.open()
    plain = [project.settings.settle(tree) for tree in trees_of(delivered)]
    sides = tuple(_other_side(tree) for tree in with_charts(plain, chart_store))
    settings = replace(project.settings, require_charts=True, counterparts=sides)
    clusters = {each.name: each for each in delivered.clusters}
    trial = Trial(settings, clusters, chart_store)
    for name, cluster in clusters.items():
        trial.untouched[name] = trial.report(cluster)
    return trial


def _other_side(tree: ClusterTree) -> Counterpart:
    """Return what the untouched cluster needs, as if it existed outside of it."""
    names: dict[str, dict[str, frozenset[str] | None]] = {sort: {} for sort in _SORTS}
    for each in contract_of(tree):
        if each.sort in names:
            names[each.sort][each.name] = frozenset(each.properties) or None
    return Counterpart("the contract", names, frozenset({tree.name}))


def _key(violation: Violation) -> _Key:
    found = violation.finding
    return violation.rule, str(found.object), found.path, found.message


def _names(violation: Violation, name: str) -> bool:
    """Return True if a violation is about an object, its release, or mentions it."""
    found = violation.finding
    origin = "" if found.chart is None else str(found.chart.release)
    pattern = re.compile(rf"(?<![\w./-]){re.escape(name)}(?![\w-])")
    return any(pattern.search(text) for text in (str(found.object), origin, found.message))
