"""Every check of the other tools has one treatment, which the page shows."""

from __future__ import annotations

import re

import pytest

from kubestrata.rules.catalogue import all_rules
from kubestrata.rules.rule import PROFILES
from tests.docs.answers import ELSEWHERE, PROPOSED, REFUSED, REMARKS
from tests.docs.other_tools import TOOLS
from tests.docs.policy_page import PAGE, mapped, page, policy_rules

CHECKS = [f"{tool}/{check}" for tool, checks in TOOLS.items() for check in checks]


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_is_mapped_exactly_once(check: str) -> None:
    assert len(mapped(policy_rules()).get(check, ())) == 1


def test_nothing_is_mapped_that_no_tool_has() -> None:
    assert set(mapped(policy_rules())) | set(REMARKS) == set(CHECKS)


def test_no_check_is_listed_twice() -> None:
    assert len(set(CHECKS)) == len(CHECKS)


def test_a_check_that_is_refused_has_no_remark() -> None:
    assert not set(REMARKS) & (set(REFUSED) | set(ELSEWHERE))


def test_rules_that_reasons_name_exist() -> None:
    named = " ".join((*REFUSED.values(), *REMARKS.values(), *PROPOSED.values()))
    known = {rule.id for rule in policy_rules()}
    assert set(re.findall(r"\bP\d\d\b", named)) <= known


def test_ids_are_unique_and_profiles_known() -> None:
    ids = [rule.id for rule in all_rules()]
    assert len(set(ids)) == len(ids)
    assert {rule.profile for rule in all_rules()} <= set(PROFILES)


def test_the_page_is_what_the_rules_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
