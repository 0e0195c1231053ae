"""What the rules say of a platform before it is written."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kubestrata.core.errors import KubestrataError
from kubestrata.gitops import from_platform
from kubestrata.rules.engine import Report, judge
from kubestrata.rules.formats import as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def judge_platform(platform: Platform, settings: Settings) -> list[Report]:
    """One report for each cluster."""
    rules, today = settings.rules(), datetime.now(UTC).date()
    waivers = [
        waiver
        for cluster in platform.clusters
        for component in cluster.components
        for waiver in component.waivers
    ]
    return [judge(settings.settle(tree), rules, waivers, today) for tree in from_platform(platform)]


def require_clean(platform: Platform, settings: Settings) -> list[Report]:
    """The reports; raises JudgementError if a violation is an error."""
    reports = judge_platform(platform, settings)
    if any(report.errors for report in reports):
        raise JudgementError(reports)
    return reports
