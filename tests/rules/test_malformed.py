"""Rules check malformed objects too: none of them raises, whatever a field holds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kubestrata.rules.catalogue import all_rules, rules_of
from tests.rules.fixture import FIXTURES, fixture_tree
from tests.rules.reference_field import Field, renamed

RULES = {rule.id: rule for rule in rules_of("references")}
FILES = sorted(path for rule in RULES for path in FIXTURES.glob(f"{rule}/*.yaml"))
FAULTS: tuple[object, ...] = (None, True, 7, "x", [], {}, [None], ["x"], [{}], {"a": None})
IDENTITY = {
    ("apiVersion",),
    ("kind",),
    ("metadata",),
    ("metadata", "name"),
    ("metadata", "namespace"),
}
PER_FILE = 60


def _keys(value: Any, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*before, key)
        if isinstance(inner, dict | list):
            yield from _keys(inner, (*before, key))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_rule_raises_on_a_field_of_another_type(path: Path) -> None:
    tree, chance = fixture_tree(path), random.Random(7)
    known = [
        Field(path.parent.name, subject, keys)
        for subject in tree.subjects
        for keys in _keys(subject.manifest)
        if keys not in IDENTITY
    ]
    for field in chance.sample(known, k=min(PER_FILE, len(known))):
        broken = renamed(tree, field, chance.choice(FAULTS))
        list(RULES[field.rule].check(broken))


@pytest.mark.parametrize(
    ("rule", "fixture", "name", "keys"),
    [
        (
            "C01",
            "immutable.yaml",
            "forced",
            ("metadata", "annotations", "kustomize.toolkit.fluxcd.io/force"),
        ),
        ("G05", "clean-made-by-a-program", "web", ("rules", 0, "resources", 0)),
    ],
)
def test_no_rule_raises_on_a_list_in_place_of_text(
    rule: str, fixture: str, name: str, keys: tuple[str | int, ...]
) -> None:
    check = next(each.check for each in all_rules() if each.id == rule)
    tree = fixture_tree(FIXTURES / rule / fixture)
    subject = next(
        each
        for each in tree.subjects
        if each.identity.name == name and keys in _keys(each.manifest)
    )
    list(check(tree))
    list(check(renamed(tree, Field(rule, subject, keys), ["x"])))
