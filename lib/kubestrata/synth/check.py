"""Checks of a platform's tree before it is written."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kubestrata.core.cache_folder import cache_folder
from kubestrata.core.errors import KubestrataError
from kubestrata.core.waiver import Waiver
from kubestrata.delivery.delivered import Delivered
from kubestrata.gitops import committed_objects
from kubestrata.rules.engine import Report, changes_refused, check_tree
from kubestrata.rules.formats import as_text
from kubestrata.rules.passed_checks import PassedChecks
from kubestrata.rules.settings import Settings
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Violation
from kubestrata.synth.cluster_tree import trees_of
from kubestrata.synth.dist_writer import read_tree

if TYPE_CHECKING:
    from kubestrata.helm.store import ChartStore


class ViolationError(KubestrataError):
    """Rules are violated; nothing was written."""

    exit_code = 1

    def __init__(self, reports: Sequence[Report]) -> None:
        self.reports = reports
        errors = sum(report.errors for report in reports)
        text = as_text.render(reports)
        why = f"{errors} errors, so nothing was written\n{text}"
        super().__init__("kubestrata check", "rules are violated", why.rstrip())


def in_ci() -> bool:
    """Return True in a CI system: they all set `CI`."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def check_delivered(
    delivered: Delivered,
    settings: Settings,
    before: Mapping[str, bytes] | None = None,
    store: ChartStore | None = None,
    *,
    more_schemas: Sequence[Path] = (),
) -> list[Report]:
    """Return a report for each cluster.

    `before` is the tree to be replaced; without it, changes are not checked. `store` has the
    charts of releases; without it, what they make is not checked. `more_schemas` are generated
    trees whose kinds come before those of the bindings.
    """
    trees = [replace(tree, more_schemas=more_schemas) for tree in _trees(delivered, before)]
    return check_trees(trees, settings, _waivers(delivered), store)


def check_trees(
    trees: Sequence[ClusterTree],
    settings: Settings,
    waivers: Sequence[Waiver],
    store: ChartStore | None = None,
) -> list[Report]:
    """Return a report for each tree, with what the charts of a store make."""
    rules, today = settings.rules(), datetime.now(UTC).date()
    passed = _passed()
    settled = [replace(settings.settle(tree), passed=passed) for tree in trees]
    if store is not None:
        from kubestrata.gitops.chart_objects import with_charts  # noqa: PLC0415  # for `check`

        settled = with_charts(settled, store)
    reports = [check_tree(tree, rules, waivers, today) for tree in settled]
    if passed is not None:
        passed.save()
    return reports


def _passed() -> PassedChecks | None:
    """Return the checks that found nothing before; None in CI, where no file is trusted."""
    if in_ci():
        return None
    try:
        return PassedChecks.in_folder(cache_folder("checks"))
    except RuntimeError:  # the user has no home
        return None


def require_clean(delivered: Delivered, settings: Settings, folder: Path) -> list[Report]:
    """Return the reports for a write into `folder`; raise ViolationError if there is an error."""
    reports = check_delivered(delivered, settings, read_tree(folder))
    if any(report.errors for report in reports):
        raise ViolationError(reports)
    return reports


def refused_changes(
    delivered: Delivered, settings: Settings, before: Mapping[str, bytes]
) -> dict[str, list[Violation]]:
    """Return the violations that replacing the tree `before` would cause, by cluster."""
    rules, waivers = settings.rules(), _waivers(delivered)
    found = {
        tree.name: changes_refused(settings.settle(tree), rules, waivers)
        for tree in _trees(delivered, before)
    }
    return {cluster: violations for cluster, violations in found.items() if violations}


def _waivers(delivered: Delivered) -> list[Waiver]:
    return [
        waiver
        for each in delivered.clusters
        for component in each.cluster.components
        for waiver in component.waivers
    ]


def _trees(delivered: Delivered, before: Mapping[str, bytes] | None) -> list[ClusterTree]:
    trees = trees_of(delivered)
    if before is None:
        return trees
    replaced = committed_objects(before, delivered.contents)
    return [replace(tree, before=replaced.get(tree.name, {})) for tree in trees]
