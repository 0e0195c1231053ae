"""Rules judge whatever a file may hold, and never fail themselves."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubestrata.core.identity import Identity
from kubestrata.rules.catalogue import rules_of
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Place
from tests.rules.fixture import FIXTURES

JUNK: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**31, 2**70, 0.5, 1e400, "", "a", "${A}", "é" * 300, "10.0.0.1/8"),
    *([], {}, [None], [[]], [{}], {"": None}, {"a": {"b": []}}, {"name": []}, {"$ref": "#"}),
)
PLACE = Place("hostile.yaml", 1)


def objects() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted(FIXTURES.glob("V*/*.yaml")):
        found += [each for each in yaml.safe_load_all(path.read_text()) if each]
    return found


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container in a value with each key of it."""
    found: list[tuple[Any, Any]] = []
    if isinstance(value, dict | list):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        for key in keys:
            found += [(value, key), *places(value[key])]
    return found


def spoilt(manifest: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    changed = copy.deepcopy(manifest)
    for _ in range(chance.randint(1, 3)):
        container, key = chance.choice(places(changed))
        container[key] = copy.deepcopy(chance.choice(JUNK))
    return changed


def subject(manifest: dict[str, Any], given: dict[str, Any]) -> Subject:
    group = str(given["apiVersion"]).rpartition("/")[0]
    return Subject(Identity(group, given["kind"], "shop", "web"), manifest, PLACE)


@pytest.mark.parametrize("seed", range(8))
def test_no_value_makes_a_rule_fail(seed: int) -> None:
    chance = random.Random(seed)
    subjects = [subject(spoilt(each, chance), each) for each in objects() for _ in range(8)]
    tree = ClusterTree("hostile", "1.35", subjects)
    for rule in rules_of("schema"):
        for finding in rule.judge(tree):
            assert finding.message


def test_a_value_that_json_does_not_have_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "day.yaml"
    path.write_text("apiVersion: v1\nkind: ConfigMap\ndata: {day: 2024-05-01, 80: a}\n")
    given = yaml.safe_load(path.read_text())
    tree = ClusterTree("dates", "1.35", [subject(given, given)])
    (rule,) = (each for each in rules_of("schema") if each.id == "V01")
    assert [each.message.split(":")[0] for each in rule.judge(tree)] == ["cannot be read as JSON"]
