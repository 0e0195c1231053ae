"""Kinds that a tree defines itself: an invalid definition does not prevent other checks."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from kubestrata.core.identity import identity_of
from kubestrata.rules.catalogue import rules_of
from kubestrata.rules.checked_object import checked_objects
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location
from tests.rules.fixture import FIXTURES

RULES = rules_of("schema")
JUNK: tuple[Any, ...] = (None, 5, "x", [], {}, [5], {"a": 5}, True, "(", [["a"]])


def documents() -> list[dict[str, Any]]:
    text = (FIXTURES / "V01" / "defined-here.yaml").read_text()
    return list(yaml.safe_load_all(text))


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container in a value and a key of it."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


def tree_of(found: list[dict[str, Any]]) -> ClusterTree:
    place = Location("a.yaml", 1)
    return ClusterTree("a", "1.35", [Subject(identity_of(each), each, place) for each in found])


@pytest.mark.parametrize("number", [0, 1, 2])
def test_rules_accept_any_definition(number: int) -> None:
    whole = documents()
    count = len(list(places(whole[number]["spec"])))
    assert count > 20
    for position in range(count):
        found = copy.deepcopy(whole)
        holder, key = list(places(found[number]["spec"]))[position]
        for junk in JUNK:
            holder[key] = junk
            tree = tree_of(found)
            for rule in RULES:
                list(rule.check(tree))


def test_the_definition_of_the_tree_precedes_the_bindings() -> None:
    spec = {"type": "object", "properties": {"colour": {"type": "string"}}}
    schema = {"type": "object", "properties": {"spec": spec}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "issuers.cert-manager.io"},
        "spec": {
            "group": "cert-manager.io",
            "scope": "Namespaced",
            "names": {"kind": "Issuer", "plural": "issuers"},
            "versions": [version],
        },
    }
    issuer = {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Issuer",
        "metadata": {"name": "a", "namespace": "b"},
        "spec": {"colour": "red"},
    }
    assert [each.verdict.fits for each in checked_objects(tree_of([issuer]))] == [False]
    checked = checked_objects(tree_of([definition, issuer]))
    assert [each.verdict.fits for each in checked if each.subject.identity.kind == "Issuer"] == [
        True
    ]
