"""V11: Helm can render the release."""

from __future__ import annotations

from kubestrata.rules.rule import Rule
from kubestrata.rules.violation import Severity

RULES = (
    Rule(
        "V11",
        "the chart of a release can be rendered with its values",
        "Helm fails, and the release is not installed",
        lambda tree: tree.charts.refused,
        in_charts=Severity.ERROR,
    ),
)
