"""What the rules say of a platform before it is written."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kubestrata.core.errors import KubestrataError
from kubestrata.gitops import committed_objects, from_platform
from kubestrata.rules.engine import Report, judge
from kubestrata.rules.formats import as_text
from kubestrata.synth.dist_writer import read_tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kubestrata.rules.rule import Rule
    from kubestrata.rules.settings import Settings
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
    platform: Platform,
    settings: Settings,
    before: Mapping[str, bytes] | None = None,
    rules: Sequence[Rule] | None = None,
) -> list[Report]:
    """One report for each cluster, by some rules or else by those of the settings.

    `before` is the tree that would be replaced; without it, changes cannot be checked.
    """
    chosen, today = settings.rules() if rules is None else rules, datetime.now(UTC).date()
    trees = from_platform(platform)
    if before is not None:
        replaced = committed_objects(before, platform.files())
        trees = [replace(tree, before=replaced.get(tree.name, {})) for tree in trees]
    waivers = [
        waiver
        for cluster in platform.clusters
        for component in cluster.components
        for waiver in component.waivers
    ]
    return [judge(settings.settle(tree), chosen, waivers, today) for tree in trees]


def require_clean(platform: Platform, settings: Settings, folder: Path) -> list[Report]:
    """The reports for a write into `folder`; raises JudgementError if a violation is an error."""
    reports = judge_platform(platform, settings, read_tree(folder))
    if any(report.errors for report in reports):
        raise JudgementError(reports)
    return reports
