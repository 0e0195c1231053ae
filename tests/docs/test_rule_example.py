"""The rule that CONTRIBUTING shows finds what it says."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

from kubestrata.core.identity import identity_of
from kubestrata.rules.catalogue import all_rules
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location
from tests.rules.fixture import told

_PAGE = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
_SECTION = _PAGE.partition("## Add a rule\n")[2].partition("\n## ")[0]


@pytest.fixture
def rule() -> Rule:
    [code] = re.findall(r"```python\n(.*?)```", _SECTION, re.DOTALL)
    module: dict[str, Any] = {}
    exec(compile(textwrap.dedent(code), "example", "exec"), module)
    [found] = module["RULES"]
    assert isinstance(found, Rule)
    return found


def tree(spec: object) -> ClusterTree:
    metadata = {"name": "all", "namespace": "shop"}
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": spec}
    subject = Subject(identity_of(quota), quota, Location("a.yaml", 1))
    return ClusterTree("example", "1.35", [subject])


def test_the_example_finds_what_its_fixture_expects(rule: Rule) -> None:
    [expected] = re.findall(r"`#> (.*?)`", _SECTION)
    assert told(rule, tree({})) == [expected]


def test_the_example_finds_nothing_in_a_clean_object(rule: Rule) -> None:
    assert told(rule, tree({"hard": {"limits.memory": "8Gi"}})) == []


def test_the_example_has_the_next_free_id(rule: Rule) -> None:
    [last] = re.findall(r"group\s+P is (P\d+)", _SECTION)
    numbers = [int(each.id[1:]) for each in all_rules() if each.id.startswith("P")]
    assert last == f"P{max(numbers)}"
    assert rule.id == f"P{max(numbers) + 1}"
