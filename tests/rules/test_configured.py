"""Rules from a project's configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.rules.configured import naming_rule, owner_rule, required_labels_rule
from tests.rules.fixture import expected, fixture_tree, told

CONFIGURED = Path(__file__).with_name("configured")
FILES = sorted(CONFIGURED.glob("*/*.yaml"))
RULES = {
    "P81": naming_rule(("Bucket.s3.aws.upbound.io",), "xplane-"),
    "P82": required_labels_rule(("team", "stage"), ("Namespace",)),
    "P83": owner_rule("example.com/owner", ("team-shop", "team-data")),
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_configured_rule_finds_the_problems_of_its_fixture(path: Path) -> None:
    assert told(RULES[path.parent.name], fixture_tree(path)) == sorted(expected(path))


@pytest.mark.parametrize("rule", RULES)
def test_each_configured_rule_has_a_violating_and_a_clean_fixture(rule: str) -> None:
    found = {bool(expected(path)) for path in FILES if path.parent.name == rule}
    assert found == {True, False}


def test_configured_rules_have_an_id_for_waivers() -> None:
    assert {rule.id for rule in RULES.values()} == set(RULES)


def test_a_rule_for_all_kinds_checks_all_objects() -> None:
    tree = fixture_tree(CONFIGURED / "P82" / "clean.yaml")
    assert len(told(required_labels_rule(("team",)), tree)) == 1
