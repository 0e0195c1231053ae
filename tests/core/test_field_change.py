"""Differences of JSON values: items by key, the rest by the longest common order."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubestrata.core.field_change import FieldChange, field_changes
from kubestrata.core.list_key import canonical
from kubestrata.core.sequence_match import gaps, matches


def variables(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "value": name.lower()} for name in names]


def test_a_variable_put_first_is_one_change() -> None:
    before, after = {"env": variables("A", "B")}, {"env": variables("NEW", "A", "B")}
    new = {"name": "NEW", "value": "new"}
    assert field_changes(before, after) == [FieldChange("env[NEW]", "added", after=new)]
    assert field_changes(after, before) == [FieldChange("env[NEW]", "removed", before=new)]


def test_items_that_change_places_are_an_order() -> None:
    before, after = {"env": variables("A", "B", "C")}, {"env": variables("C", "A", "NEW")}
    assert field_changes(before, after) == [
        FieldChange("env[B]", "removed", before={"name": "B", "value": "b"}),
        FieldChange("env[NEW]", "added", after={"name": "NEW", "value": "new"}),
        FieldChange("env", "reordered", ["A", "C"], ["C", "A"]),
    ]
    assert field_changes(["x", "y", "y"], ["y", "x", "y"], "args") == [
        FieldChange("args", "reordered", ["x", "y", "y"], ["y", "x", "y"])
    ]


@pytest.mark.parametrize(
    ("field", "before", "after", "path"),
    [
        ("ports", {"containerPort": 1}, {"containerPort": 1, "name": "a"}, "ports[1/TCP].name"),
        (
            "ports",
            {"port": 53, "protocol": "UDP"},
            {"port": 53, "protocol": "UDP", "name": "d"},
            "ports[53/UDP].name",
        ),
        (
            "volumeMounts",
            {"name": "v", "mountPath": "/a"},
            {"name": "w", "mountPath": "/a"},
            "volumeMounts[/a].name",
        ),
        ("conditions", {"type": "A", "a": 1}, {"type": "A", "a": 2}, "conditions[A].a"),
        ("volumes", {"id": 7, "size": "1Gi"}, {"id": 7, "size": "2Gi"}, "volumes[7].size"),
        (
            "subjects",
            {"kind": "User", "name": "a", "apiGroup": "x"},
            {"kind": "User", "name": "a", "apiGroup": "y"},
            "subjects[User/a].apiGroup",
        ),
        (
            "volumeClaimTemplates",
            {"metadata": {"name": "data"}, "spec": 1},
            {"metadata": {"name": "data"}, "spec": 2},
            "volumeClaimTemplates[data].spec",
        ),
        ("rules", {"host": "a", "x": 1}, {"host": "a", "x": 2}, "rules[0].x"),
    ],
)
def test_items_have_the_keys_of_their_list(
    field: str, before: dict[str, Any], after: dict[str, Any], path: str
) -> None:
    [change] = field_changes({field: [before]}, {field: [after]})
    assert change.path == path


def test_items_without_a_key_are_aligned() -> None:
    assert field_changes(["a", "b", "c"], ["new", "a", "c"], "args") == [
        FieldChange("args[0]", "added", after="new"),
        FieldChange("args[1]", "removed", before="b"),
    ]
    rules = [{"match": index} for index in range(5)]
    assert field_changes(rules, [rules[0], {"match": 9}, *rules[2:]], "rules") == [
        FieldChange("rules[1].match", "changed", 1, 9)
    ]


def test_fields_come_and_go_and_change_their_type() -> None:
    assert field_changes({"a": 1, "b": [1, 2]}, {"b": [1], "a.b/c": 2, "a": "1"}) == [
        FieldChange("a", "changed", 1, "1"),
        FieldChange("b[1]", "removed", before=2),
        FieldChange("['a.b/c']", "added", after=2),
    ]


def test_equal_names_are_no_keys() -> None:
    twice = [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]
    assert field_changes(twice, twice[1:], "env") == [
        FieldChange("env[0]", "removed", before=twice[0])
    ]


@pytest.mark.parametrize(("one", "other"), [(1, True), (1, 1.0), (0, False), ("1", 1)])
def test_values_of_other_types_differ_at_any_depth(one: Any, other: Any) -> None:
    before, after = {"a": [{"b": one}], "c": [one]}, {"a": [{"b": other}], "c": [other]}
    assert [change.path for change in field_changes(before, after)] == ["a[0].b", "c[0]"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["a", "b"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["name", "x"]), inner)
    ),
    max_leaves=12,
)


@given(JSON, JSON)
def test_there_are_changes_where_values_differ_and_only_there(before: Any, after: Any) -> None:
    assert bool(field_changes(before, after)) == (canonical(before) != canonical(after))


@given(st.lists(st.integers(0, 5)), st.lists(st.integers(0, 5)))
def test_matches_are_equal_and_increase(one: list[int], other: list[int]) -> None:
    pairs = matches(one, other)
    assert all(one[left] == other[right] for left, right in pairs)
    assert pairs == sorted(set(pairs))
    assert [right for _, right in pairs] == sorted({right for _, right in pairs})
    left = [index for old, _ in gaps(pairs, (len(one), len(other))) for index in old]
    assert sorted([*left, *(pair[0] for pair in pairs)]) == list(range(len(one)))


class Counted(str):
    """A text that counts how often it is compared."""

    __slots__ = ()
    compared = 0

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return str.__eq__(self, str(other))

    __hash__ = str.__hash__


@pytest.mark.parametrize("distinct", [1, 2, 100, 10_000])
@pytest.mark.parametrize("shuffled", [True, False])
def test_long_lists_need_few_comparisons(distinct: int, *, shuffled: bool) -> None:
    one = [Counted(index % distinct) for index in range(10_000)]
    other = [Counted(index * 7 % distinct) for index in range(9_999)]
    if shuffled:
        random.Random(1).shuffle(other)
    Counted.compared = 0
    matches(one, other)
    assert Counted.compared < 20 * len(one)
