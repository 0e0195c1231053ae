"""The pages of the rules are up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.rules.catalogue import GROUPS
from kubestrata.rules.page import group_page

PAGES = Path(__file__).parents[2] / "docs" / "reference" / "rules"


@pytest.mark.parametrize("group", GROUPS)
def test_a_page_is_what_its_rules_say(group: str) -> None:
    assert (PAGES / f"{group}.md").read_text(encoding="utf-8") == group_page(group), "make docs"


def test_no_page_is_of_a_group_that_is_gone() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == set(GROUPS)
