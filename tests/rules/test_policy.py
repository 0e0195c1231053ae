"""Properties of all policy rules, beyond their fixtures."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import yaml

from kubestrata.core.identity import identity_of
from kubestrata.rules.catalogue import rules_of
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location
from kubestrata.rules.workload.quantity import quantity, share_of
from tests.rules.fixture import FIXTURES

RULES = {rule.id: rule for rule in rules_of("policy")}
ODD: tuple[Any, ...] = (
    None,
    "",
    0,
    -1,
    True,
    [],
    {},
    [None],
    ["x"],
    {"a": 1},
    "${X}",
    1.5,
    "100%",
    [[1]],
)


def manifests() -> list[dict[str, Any]]:
    texts = (path.read_text() for path in sorted(FIXTURES.glob("P*/*.yaml")))
    return [each for text in texts for each in yaml.safe_load_all(text)]


def tree_of(*objects: dict[str, Any]) -> ClusterTree:
    subjects = [Subject(identity_of(each), each, Location("x.yaml", 1)) for each in objects]
    return ClusterTree("home", "1.35", subjects)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every location in a value: its container, and its key there."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in entries:
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)


@pytest.mark.parametrize("seed", range(8))
def test_no_rule_raises_whatever_a_field_holds(seed: int) -> None:
    chance = random.Random(seed)
    objects = copy.deepcopy(manifests())
    for each in objects:
        fields = [name for name in each if name not in ("apiVersion", "kind", "metadata")]
        found = [place for name in fields for place in places({name: each[name]})]
        if found:
            holder, key = chance.choice(found)
            holder[key] = chance.choice(ODD)
    tree = tree_of(*objects)
    for rule in RULES.values():
        list(rule.check(tree))


def test_the_profile_restricted_includes_baseline() -> None:
    assert RULES["P05"].is_checked("baseline")
    assert RULES["P05"].is_checked("restricted")
    assert not RULES["P01"].is_checked("baseline")
    assert RULES["P01"].is_checked("restricted")


WEB: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "web"}]}}},
}
RELEASE = {
    "apiVersion": "helm.toolkit.fluxcd.io/v2",
    "kind": "HelmRelease",
    "metadata": {"name": "shop", "namespace": "flux-system"},
    "spec": {"targetNamespace": "shop"},
}
CALICO = {
    "apiVersion": "projectcalico.org/v3",
    "kind": "GlobalNetworkPolicy",
    "metadata": {"name": "deny"},
}


@pytest.mark.parametrize("rule", ["P44", "P75"])
def test_objects_that_a_chart_may_add_are_not_reported_missing(rule: str) -> None:
    assert list(RULES[rule].check(tree_of(WEB)))
    assert not list(RULES[rule].check(tree_of(WEB, RELEASE)))


def test_unsupported_policies_are_not_reported() -> None:
    assert not list(RULES["P75"].check(tree_of(WEB, CALICO)))


def test_an_object_that_is_applied_once_may_set_replicas() -> None:
    scaler = {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"scaleTargetRef": {"name": "web"}},
    }
    once = copy.deepcopy(WEB)
    once["metadata"]["annotations"] = {"kustomize.toolkit.fluxcd.io/ssa": "IfNotPresent"}
    assert list(RULES["P42"].check(tree_of(WEB, scaler)))
    assert not list(RULES["P42"].check(tree_of(once, scaler)))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", "1"),
        ("500m", "0.5"),
        ("1Gi", "1073741824"),
        ("1e3", "1000"),
        (2, "2"),
        (0.5, "0.5"),
        ("1.5G", "1500000000"),
    ],
)
def test_a_quantity_is_a_number(text: object, number: str) -> None:
    assert quantity(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "${CPU}", "1 Gi", None, True, []])
def test_an_invalid_quantity_is_none(text: object) -> None:
    assert quantity(text) is None


def test_a_share_is_rounded_up() -> None:
    assert [share_of("50%", 3), share_of(2, 3), share_of("half", 3)] == [2, 2, None]
