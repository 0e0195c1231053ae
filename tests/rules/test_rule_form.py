"""Rule modules have one form, ids have one form, and former ids stay valid."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

import kubestrata.rules
from kubestrata.core.docstring import docstring
from kubestrata.rules.catalogue import GROUPS, all_rules, group_title
from kubestrata.rules.configured import naming_rule, owner_rule, required_labels_rule
from kubestrata.rules.rule import Rule

CONFIGURED = (naming_rule((), "a"), required_labels_rule(("a",)), owner_rule("a"))
FORMER = {
    "P-NET": "P75",
    "P-DNS": "P76",
    "P-FLOW": "P77",
    "P-PSA": "P78",
    "P-REL": "P79",
    "P-ONE": "P80",
    "P-NAME": "P81",
    "P-LABEL": "P82",
    "P-OWNER": "P83",
}


def modules(group: str) -> list[str]:
    package = importlib.import_module(f"kubestrata.rules.{group}")
    return [f"{package.__name__}.{each.name}" for each in pkgutil.iter_modules(package.__path__)]


def listed(module: ModuleType) -> Iterator[str]:
    """Yield the ids that a module's docstring begins with: `P07, P10:` or `P39-P44:`."""
    for part in (docstring(module) or "").partition(":")[0].split(", "):
        first, _, last = part.partition("-")
        numbers = range(int(first[1:]), int((last or first)[1:]) + 1)
        yield from (f"{first[0]}{number:02}" for number in numbers)


RULE_MODULES = [each for group in GROUPS for each in modules(group)]


@pytest.mark.parametrize("name", RULE_MODULES)
def test_every_module_of_a_group_has_rules_and_begins_with_their_ids(name: str) -> None:
    module = importlib.import_module(name)
    assert isinstance(module.RULES, tuple)
    assert all(isinstance(each, Rule) for each in module.RULES)
    assert [each.id for each in module.RULES] == list(listed(module))


def test_no_other_module_has_rules() -> None:
    path, prefix = kubestrata.rules.__path__, "kubestrata.rules."
    found = [each.name for each in pkgutil.walk_packages(path, prefix) if not each.ispkg]
    others = set(found) - set(RULE_MODULES)
    assert [each for each in others if hasattr(importlib.import_module(each), "RULES")] == []


@pytest.mark.parametrize("group", GROUPS)
def test_the_ids_of_a_group_are_its_letter_and_a_number(group: str) -> None:
    letter = group_title(group)[0]
    ids = [each.id for name in modules(group) for each in importlib.import_module(name).RULES]
    ids += [each.id for each in CONFIGURED if group == "policy"]
    assert len(ids) == len(set(ids))
    assert [each for each in ids if not re.fullmatch(rf"{letter}(\d\d|[1-9]\d\d)", each)] == []


def test_former_ids_belong_to_one_rule_each() -> None:
    rules = (*all_rules(), *CONFIGURED)
    assert {alias: each.id for each in rules for alias in each.aliases} == FORMER
    assert all(re.fullmatch(r"[A-Z](\d\d|[1-9]\d\d)", each.id) for each in rules)
