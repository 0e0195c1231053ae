"""The difference of two trees, object by object and field by field."""

from __future__ import annotations

from kubestrata.core.yaml_text import dump
from kubestrata.plan.tree_diff import FieldChange, ObjectChange, compare, field_changes


def config_map(name: str = "a", **data: str) -> bytes:
    metadata = {"name": name, "namespace": "n"}
    head = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
    return dump({**head, "data": data}).encode()


def test_equal_trees_differ_in_nothing() -> None:
    tree = {"c1/a.yaml": config_map(x="1")}
    assert compare(tree, dict(tree)) == []


def test_added_removed_and_changed_objects_are_told_apart() -> None:
    before = {"c1/a.yaml": config_map("a", x="1"), "c1/b.yaml": config_map("b")}
    after = {"c1/a.yaml": config_map("a", x="2"), "c1/c.yaml": config_map("c")}
    assert compare(before, after) == [
        ObjectChange(
            "changed", "ConfigMap n/a", "c1/a.yaml", [FieldChange("data.x", "changed", "1", "2")]
        ),
        ObjectChange("removed", "ConfigMap n/b", "c1/b.yaml"),
        ObjectChange("added", "ConfigMap n/c", "c1/c.yaml"),
    ]


def test_a_moved_object_is_no_removal() -> None:
    [change] = compare({"c1/a.yaml": config_map()}, {"c1/b.yaml": config_map()})
    assert (change.verb, change.file, change.note) == (
        "changed",
        "c1/b.yaml",
        "moved from c1/a.yaml",
    )


def test_one_object_in_two_clusters_is_two() -> None:
    tree = {"c1/a.yaml": config_map(), "c2/a.yaml": config_map()}
    assert compare({}, tree) == [
        ObjectChange("added", "ConfigMap n/a", "c1/a.yaml"),
        ObjectChange("added", "ConfigMap n/a", "c2/a.yaml"),
    ]


def test_other_bytes_of_the_same_values_are_told() -> None:
    commented = b"# by hand\n" + config_map()
    [change] = compare({"c1/a.yaml": commented}, {"c1/a.yaml": config_map()})
    assert (change.fields, change.note) == ([], "same values, other bytes")


def test_files_that_hold_no_object_are_compared_as_bytes() -> None:
    broken = {"c1/x.yaml": b"a: ["}
    assert compare(broken, dict(broken)) == []
    [change] = compare(broken, {"c1/x.yaml": b"a: [1]"})
    assert (change.verb, change.name) == ("changed", "c1/x.yaml")
    [sealed] = compare({"c1/s.enc.yaml": b"a: 1\n"}, {"c1/s.enc.yaml": b"a: 2\n"})
    assert sealed.fields == []


def test_list_items_are_matched_by_name() -> None:
    before = {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}
    after = {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "3"}]}
    assert field_changes(before, after) == [FieldChange("env[B].value", "changed", "2", "3")]


def test_fields_come_and_go_and_change_their_type() -> None:
    assert field_changes({"a": 1, "b": [1, 2]}, {"b": [1], "a.b/c": 2, "a": "1"}) == [
        FieldChange("a", "changed", 1, "1"),
        FieldChange("b[1]", "removed", before=2),
        FieldChange("['a.b/c']", "added", after=2),
    ]
