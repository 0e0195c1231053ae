"""Rules check any content of a file, and never fail themselves."""

from __future__ import annotations

import copy
import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubestrata.core.identity import Identity
from kubestrata.rules.catalogue import rules_of
from kubestrata.rules.checked_object import coverage
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location
from kubestrata.schema import is_quantity
from tests.rules.fixture import FIXTURES

JUNK: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**31, 2**70, 0.5, 1e400, "", "a", "${A}", "é" * 300, "10.0.0.1/8"),
    *([], {}, [None], [[]], [{}], {"": None}, {"a": {"b": []}}, {"name": []}, {"$ref": "#"}),
)
COPIES = 8
LARGE = 100_000
"""Characters of an object of which one spoilt copy a seed is enough: most of it is one text."""
PLACE = Location("hostile.yaml", 1)


@cache
def objects() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted(FIXTURES.glob("V*/*.yaml")):
        found += [each for each in yaml.load_all(path.read_text(), yaml.CSafeLoader) if each]
    return found


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every container in a value with each key of it."""
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
    subjects = [
        subject(spoilt(each, chance), each)
        for each in objects()
        for _ in range(COPIES if len(str(each)) < LARGE else 1)
    ]
    tree = ClusterTree("hostile", "1.35", subjects)
    for rule in rules_of("schema"):
        for finding in rule.check(tree):
            assert finding.message


def test_a_value_that_json_does_not_have_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "day.yaml"
    path.write_text("apiVersion: v1\nkind: ConfigMap\ndata: {day: 2024-05-01, 80: a}\n")
    given = yaml.safe_load(path.read_text())
    tree = ClusterTree("dates", "1.35", [subject(given, given)])
    (rule,) = (each for each in rules_of("schema") if each.id == "V01")
    assert [each.message.split(":")[0] for each in rule.check(tree)] == ["cannot be read as JSON"]


DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: toys.example.org}
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Toy, plural: toys, singular: toy, listKind: ToyList}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, properties: {a: {}}}
"""


@pytest.mark.parametrize(
    "reference",
    [
        "http://127.0.0.1:9/a",
        "https://example.org/a",
        "file:///etc/hosts",
        "other.json",
        "../a.yaml",
        "#",
        "#/properties/spec",
        "urn:a:b",
    ],
)
@pytest.mark.parametrize("where", ["items", "additionalProperties", "allOf"])
def test_a_reference_in_a_schema_is_reported_and_not_followed(reference: str, where: str) -> None:
    definition = yaml.safe_load(DEFINITION)
    part: Any = {"$ref": reference}
    schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["properties"]["spec"]["properties"]["a"] = {where: [part] if where == "allOf" else part}
    toy = {"apiVersion": "example.org/v1", "kind": "Toy", "metadata": {"name": "t"}}
    toy |= {"spec": {"a": "text"}}
    subjects = [subject(definition, definition), subject(toy, toy)]
    tree = ClusterTree("hostile", "1.35", subjects)
    found = {rule.id: [*rule.check(tree)] for rule in rules_of("schema")}
    (finding,) = found["V07"]
    assert reference in finding.message
    assert "the API server forbids" in finding.message
    assert found["V01"] == found["V02"] == []
    [keyword] = coverage(tree).keywords
    assert keyword.startswith("Toy v1: spec.a")
    assert f"$ref: {reference!r}" in keyword or f'$ref: "{reference}"' in keyword


def test_a_field_named_ref_is_not_a_reference() -> None:
    definition = yaml.safe_load(DEFINITION)
    schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["properties"]["spec"]["properties"] = {"$ref": {"type": "string"}}
    toy = {"apiVersion": "example.org/v1", "kind": "Toy", "metadata": {"name": "t"}}
    toy |= {"spec": {"$ref": 7}}
    tree = ClusterTree("x", "1.35", [subject(definition, definition), subject(toy, toy)])
    found = {rule.id: [each.path for each in rule.check(tree)] for rule in rules_of("schema")}
    assert (found["V07"], found["V01"]) == ([], ["spec.$ref"])


def test_numbers_of_any_length_are_validated_in_linear_time() -> None:
    assert not is_quantity("1" * 100_000 + "x")
    assert not is_quantity("." + "1" * 100_000 + "x")
