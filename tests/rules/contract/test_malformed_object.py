"""The contract of malformed objects: nothing raises, whatever a field holds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.rules.contract.contract import contract_of
from tests.rules.contract.test_cluster_object import CLAIMS, POD
from tests.rules.contract.test_outside_field import CASES
from tests.rules.contract.test_store_key import CLUSTER_WIDE, PUSHED, WHOLE
from tests.rules.contract.world import tree_of
from tests.rules.reference_field import Field, renamed
from tests.rules.test_malformed import FAULTS, IDENTITY

TEXTS = {
    **{name: text for name, (_, text, _) in CASES.items()},
    "a pod": POD,
    "claims": CLAIMS,
    "a key of a cluster": CLUSTER_WIDE,
    "a pushed key": PUSHED + WHOLE,
}


def keys(value: object, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the keys and indexes of every field."""
    steps: list[tuple[str | int, object]] = []
    if is_mapping(value):
        steps += value.items()
    elif is_list(value):
        steps += enumerate(value)
    for step, inner in steps:
        yield (*before, step)
        yield from keys(inner, (*before, step))


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_a_field_of_another_type_raises_nothing(text: str) -> None:
    tree, chance = tree_of(text), random.Random(7)
    for subject in tree.subjects:
        for path in keys(subject.manifest):
            if path not in IDENTITY:
                broken = renamed(tree, Field("R18", subject, path), chance.choice(FAULTS))
                contract_of(replace(broken))
