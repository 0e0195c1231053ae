"""Charts that Argo CD renders: the severity of values that are made anew."""

from __future__ import annotations

import pytest

from kubestrata.rules.graph.anew import RULES
from kubestrata.rules.violation import Severity
from tests.rules.fixture import FIXTURES, fixture_tree


@pytest.mark.parametrize(
    ("name", "severity"),
    [("password-of-a-chart", None), ("not-automated", Severity.WARNING)],
)
def test_a_value_that_is_not_applied_by_itself_is_a_warning(
    name: str, severity: Severity | None
) -> None:
    found = RULES[0].check(fixture_tree(FIXTURES / "G28" / name))
    assert [each.severity for each in found] == [severity]
