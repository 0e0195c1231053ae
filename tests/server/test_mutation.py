"""Changed objects: every single change is made, and no rule raises on one."""

from __future__ import annotations

from tests.server.change import Change, change_between, common
from tests.server.mutation import mutations, sample
from tests.server.verdict import findings, recorded

OBJECTS = recorded().objects
ROLE = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "Role",
    "metadata": {"name": "web", "namespace": "shop"},
    "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
}


def test_a_mutation_changes_what_its_path_names() -> None:
    for each in mutations(ROLE):
        change = change_between(ROLE, each.object)
        assert change is not None, each
        changed = ".".join(map(str, change.path))
        # Without its only item a list is another list.
        assert changed.startswith(each.path) or each.path == f"{changed}.0", each


def test_a_change_between_two_objects_makes_one_of_the_other() -> None:
    for each in mutations(ROLE):
        change = change_between(ROLE, each.object)
        assert change is not None
        assert change.applied(ROLE) == each.object
    assert change_between(ROLE, dict(ROLE)) is None
    assert change_between({"a": {}}, {"a": {"b": 1}}) == Change(("a", "b"), 1)


def test_the_object_behind_several_changes_is_what_most_of_them_have() -> None:
    assert common([each.object for each in mutations(ROLE)]) == ROLE


def test_the_rules_of_a_role_are_those_of_the_api_server() -> None:
    accepted = {each.path for each in mutations(ROLE) if not findings(each.object)}
    refused = {each.path for each in mutations(ROLE) if findings(each.object)}
    required = {"rules.0.apiGroups", "rules.0.resources", "rules.0.verbs"}
    always = {"metadata", "metadata.name"}
    emptied = {
        each.path
        for each in mutations(ROLE)
        if each.changed in ("remove", "null", "no items") and findings(each.object)
    }
    assert emptied == required | always | {f"{path}.0" for path in required} | {"rules.0"}
    assert accepted & refused >= required


def test_no_rule_raises_on_a_changed_object() -> None:
    chosen = sample(OBJECTS, 1_500, seed=7)
    assert chosen == sample(OBJECTS, 1_500, seed=7)
    for each in chosen:
        for found in findings(each.object):
            assert found.message
            assert "\n" not in found.message
