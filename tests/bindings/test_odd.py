"""Odd CRDs keep their meaning: what is drawn is rendered as given, valid, and typed."""

from __future__ import annotations

import json
import random

import pytest

from kubestrata.bindings import read_index
from tests.bindings.odd import odd_crd
from tests.bindings.project import Captured, Project
from tests.bindings.proof import Tally, prove_kind
from tests.bindings.round_trip import Builder
from tests.bindings.stub import broken_promises
from tests.bindings.test_type_checkers import mypy_of

KINDS = ("Mapping", "Any", "Widget", "WidgetSpec", "widget")
GROUPS = ("compute.example.org", "sql.example.org")


def odd_project(project: Project, seed: int) -> None:
    choose = random.Random(seed)
    for kind in KINDS:
        for group in GROUPS:
            name = f"{kind}-{group}.yaml"
            project.write(f"{seed}-{name}", odd_crd(choose, kind, group), package="odd")
    assert project.generate().problems == ()


@pytest.mark.parametrize("seed", range(6))
def test_odd_kinds_render_the_given_fields(
    seed: int, project: Project, resources: list[Captured]
) -> None:
    odd_project(project, seed)
    assert broken_promises(project.tree) == []
    tally, builder = Tally(), Builder()
    for kind in read_index(project.tree):
        prove_kind(project.tree, kind, resources, builder, 4, tally)
    assert tally.kinds >= len(KINDS) * len(GROUPS)
    assert tally.kinds * 3 < tally.draws == tally.equal == tally.valid
    assert builder.coverage > 0.95


def test_odd_kinds_pass_a_type_checker(project: Project) -> None:
    odd_project(project, 0)
    assert mypy_of(project) == ""


def test_names_of_fields_are_words_and_lead_back(project: Project) -> None:
    odd_project(project, 1)
    text = "".join(path.read_text() for path in project.tree.rglob("*.py"))
    for keyword, wire in {"uri": "uRI", "ip": "iP", "memory_mib": "memoryMiB"}.items():
        assert f"{json.dumps(keyword)}: {json.dumps(wire)}".replace('"', "'") in text
