"""Every rule finds the problems of its fixtures, all of them and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.rules.catalogue import all_rules
from kubestrata.rules.engine import READING, RENDERED
from tests.rules.fixture import expected, fixture_tree, fixtures, told

RULES = {rule.id: rule for rule in (READING, RENDERED, *all_rules())}
FILES = fixtures()


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_rule_finds_the_problems_of_its_fixture(path: Path) -> None:
    assert told(RULES[path.parent.name], fixture_tree(path)) == sorted(expected(path))


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_violating_and_a_clean_fixture(rule: str) -> None:
    found = {bool(expected(path)) for path in FILES if path.parent.name == rule}
    assert found == {True, False}
