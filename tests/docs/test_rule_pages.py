"""The pages of the rules are up to date, with a violating and a right example of each."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kubestrata.rules.engine import check_tree
from kubestrata.rules.page import EXAMPLES, PAGES, documented, examples, explain, group_page
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.waiver_file import read_waivers
from tests.docs.example_file import OF_THE_CHECK, text
from tests.rules.fixture import FIXTURES, fixture_tree

FOLDER = Path(__file__).parents[2] / "docs" / "reference" / "rules"
RULES = {rule.id: rule for rule in documented()}


@pytest.mark.parametrize("group", PAGES)
def test_a_page_is_what_its_rules_say(group: str) -> None:
    assert (FOLDER / f"{group}.md").read_text(encoding="utf-8") == group_page(group), "make docs"


def test_no_page_is_of_a_group_that_is_gone() -> None:
    assert {page.stem for page in FOLDER.glob("*.md")} == set(PAGES)


def test_the_examples_are_the_fixtures() -> None:
    assert EXAMPLES.read_text(encoding="utf-8") == text(), "make docs"


def test_every_id_has_a_page_with_two_examples() -> None:
    assert {"T01", "T02", "W01", "P81", "S07", "V10"} <= set(RULES)
    for rule in RULES:
        page = explain(rule)
        assert page.startswith(f"## {rule}: ")
        assert "\nViolates it:\n\n" in page, rule
        assert "\nKeeps it:\n\n" in page, rule
        assert examples()[rule]["violates"] != examples()[rule]["keeps"]


@pytest.mark.parametrize(("at", "found"), [(0, ["T02"]), (1, [])])
def test_the_examples_of_a_rule_that_fails_are_right(at: int, found: list[str]) -> None:
    made: dict[str, tuple[Rule, ...]] = {}
    exec(OF_THE_CHECK["T02"][at], made)  # the example itself
    tree = fixture_tree(FIXTURES / "P53" / "clean.yaml")
    ids = {each.rule for each in check_tree(tree, made["RULES"], (), date(2026, 1, 1)).violations}
    assert sorted(ids - {"X90"}) == found


@pytest.mark.parametrize(("at", "expired"), [(0, True), (1, False)])
def test_the_examples_of_a_waiver_are_right(tmp_path: Path, at: int, expired: bool) -> None:  # noqa: FBT001  # a case
    file = tmp_path / "waivers.yaml"
    file.write_text(OF_THE_CHECK["W01"][at], encoding="utf-8")
    report = check_tree(ClusterTree("home", "1.35", ()), (), read_waivers(file), date(2026, 1, 1))
    messages = [each.finding.message for each in report.violations]
    assert any("expired" in each for each in messages) == expired
