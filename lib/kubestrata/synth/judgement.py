"""What the rules say of a platform before it is written."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kubestrata.core.errors import KubestrataError
from kubestrata.gitops import committed_objects, from_platform
from kubestrata.rules.engine import Report, changes_refused, judge
from kubestrata.rules.formats import as_text
from kubestrata.synth.dist_writer import read_tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kubestrata.core.waiver import Waiver
    from kubestrata.rules.settings import Settings
    from kubestrata.rules.subject import ClusterTree
    from kubestrata.rules.violation import Violation
    from kubestrata.synth.platform import Platform


class JudgementError(KubestrataError):
    """Rules were violated; nothing was written."""

    exit_code = 1

    def __init__(self, reports: Sequence[Report]) -> None:
        self.reports = reports
        errors = sum(report.errors for report in reports)
        text = as_text.render(reports)
        why = f"{errors} errors, so nothing was written\n{text}"
        super().__init__("kubestrata check", "rules are violated", why.rstrip())


def in_ci() -> bool:
    """Whether this runs where nobody watches (`CI` is set, as every CI system does)."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def judge_platform(
    platform: Platform, settings: Settings, before: Mapping[str, bytes] | None = None
) -> list[Report]:
    """One report for each cluster.

    `before` is the tree that would be replaced; without it, changes cannot be checked.
    """
    rules, today = settings.rules(), datetime.now(UTC).date()
    waivers = _waivers(platform)
    trees = _trees(platform, before)
    return [judge(settings.settle(tree), rules, waivers, today) for tree in trees]


def refused_changes(
    platform: Platform, settings: Settings, before: Mapping[str, bytes]
) -> dict[str, list[Violation]]:
    """Return by cluster what the rules that compare find in a change of the tree `before`."""
    rules, waivers = settings.rules(), _waivers(platform)
    found = {
        tree.name: changes_refused(settings.settle(tree), rules, waivers)
        for tree in _trees(platform, before)
    }
    return {cluster: violations for cluster, violations in found.items() if violations}


def _waivers(platform: Platform) -> list[Waiver]:
    return [
        waiver
        for cluster in platform.clusters
        for component in cluster.components
        for waiver in component.waivers
    ]


def _trees(platform: Platform, before: Mapping[str, bytes] | None) -> list[ClusterTree]:
    trees = from_platform(platform)
    if before is None:
        return trees
    replaced = committed_objects(before, platform.files())
    return [replace(tree, before=replaced.get(tree.name, {})) for tree in trees]


def require_clean(platform: Platform, settings: Settings, folder: Path) -> list[Report]:
    """The reports for a write into `folder`; raises JudgementError if a violation is an error."""
    reports = judge_platform(platform, settings, read_tree(folder))
    if any(report.errors for report in reports):
        raise JudgementError(reports)
    return reports
