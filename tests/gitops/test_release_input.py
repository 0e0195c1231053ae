"""Helm gets the name, the namespace and the values that Flux would give it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from kubestrata.core.identity import identity_of
from kubestrata.gitops.release_input import (
    DUMMY,
    ReleaseInput,
    ValuesError,
    release_input,
    with_value,
)
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location


def given(spec: Mapping[str, Any], data: Mapping[str, object] | None = None) -> ReleaseInput:
    """Return the input for a release; `data` is that of ConfigMap shop/settings."""
    manifests: list[dict[str, Any]] = [
        {
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "metadata": {"name": spec.get("name", "web"), "namespace": "shop"},
            "spec": dict(spec),
        }
    ]
    if data is not None:
        metadata = {"name": "settings", "namespace": "shop"}
        manifests.append(
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": dict(data)}
        )
    subjects = [Subject(identity_of(each), each, Location("web.yaml", 1)) for each in manifests]
    return release_input(ClusterTree("home", "", subjects), subjects[0])


def from_settings(*entries: str, data: Mapping[str, object] | None = None, own: str = "{}") -> Any:
    """Return the values of a release with `valuesFrom`, its own values as YAML."""
    sources = [yaml.safe_load(each) for each in entries]
    return given({"valuesFrom": sources, "values": yaml.safe_load(own)}, data).values


SETTINGS = "{kind: ConfigMap, name: settings}"


def test_the_name_is_that_of_the_release_with_the_target_namespace() -> None:
    assert given({}) == ReleaseInput("web", "shop", {})
    assert given({"targetNamespace": "apps"}) == ReleaseInput("apps-web", "apps", {})
    named = {"targetNamespace": "apps", "releaseName": "site"}
    assert given(named) == ReleaseInput("site", "apps", {})


def test_a_name_over_53_letters_is_shortened_with_a_digest() -> None:
    longest = "a" * 53
    assert given({"name": longest}).name == longest
    shortened = given({"name": f"{longest}b"}).name
    assert len(shortened) == 53
    assert shortened.startswith(f"{'a' * 40}-")
    assert shortened != given({"name": f"{longest}c"}).name
    assert given({"name": longest, "targetNamespace": "apps"}).name.startswith("apps-aaaa")


def test_the_name_of_a_release_is_taken_as_it_is() -> None:
    assert given({"releaseName": "a" * 54}).name == "a" * 54


def test_later_sources_are_before_earlier_ones_and_own_values_before_all() -> None:
    data = {
        "values.yaml": "a: {k: 1, l: 1, m: 1}\nlist: [1, 2]\n",
        "more": "a: {l: 2, m: 2}\nlist: [3]\n",
    }
    more = "{kind: ConfigMap, name: settings, valuesKey: more}"
    found = from_settings(SETTINGS, more, data=data, own="a: {m: 3}")
    assert found == {"a": {"k": 1, "l": 2, "m": 3}, "list": [3]}
    assert from_settings(more, SETTINGS, data=data)["a"] == {"k": 1, "l": 1, "m": 1}


def test_a_null_remains_and_removes_a_default_of_the_chart() -> None:
    assert from_settings(own="a: {b: null}") == {"a": {"b": None}}


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.b", "text", {"a": {"b": "text"}}),
        ("a.b", "3", {"a": {"b": 3}}),
        ("a.b", "'3'", {"a": {"b": "3"}}),
        ("a.b", "true", {"a": {"b": True}}),
        ("a.b", "{x: 1}", {"a": {"b": ["x: 1"]}}),
        ("a.b", "{x,2,true}", {"a": {"b": ["x", 2, True]}}),
        ("a.b", "'{x,2}'", {"a": {"b": ["x", "2"]}}),
        ("a.b", "a: b: c", {"a": {"b": "a: b: c"}}),
        ("a.b", r"a\,b", {"a": {"b": "a,b"}}),
        ("a.b", "True", {"a": {"b": True}}),
        ("a.b", "1.5", {"a": {"b": "1.5"}}),
        ("a.b", "0x10", {"a": {"b": "0x10"}}),
        ("a.b", "08", {"a": {"b": "08"}}),
        ("a.b", "0", {"a": {"b": 0}}),
        ("a.b", "~", {"a": {"b": "~"}}),
        ("a.b", "9" * 30, {"a": {"b": "9" * 30}}),
        ("a.b", "first\nsecond\n", {"a": {"b": "first\nsecond\n"}}),
        ("a[1].b", "x", {"a": [None, {"b": "x"}]}),
        (r"a.b\.c", "x", {"a": {"b.c": "x"}}),
        (r"a.example\.org/b", "x", {"a": {"example.org/b": "x"}}),
    ],
)
def test_a_target_path_takes_one_value(path: str, text: str, expected: object) -> None:
    source = yaml.safe_dump(
        {"kind": "ConfigMap", "name": "settings", "valuesKey": "key", "targetPath": path}
    )
    assert from_settings(source, data={"key": text}) == expected


def test_a_target_path_is_added_to_earlier_values() -> None:
    one = "{kind: ConfigMap, name: settings, valuesKey: key, targetPath: a.b}"
    assert from_settings(SETTINGS, one, data={"values.yaml": "a: {c: 1}", "key": "2"}) == {
        "a": {"b": 2, "c": 1}
    }


def test_target_paths_change_items_of_earlier_values() -> None:
    one = "{kind: ConfigMap, name: settings, valuesKey: key, targetPath: 'a[1].b'}"
    other = "{kind: ConfigMap, name: settings, valuesKey: key, targetPath: 'a[0]'}"
    data = {"values.yaml": "a: [{c: 1}, {c: 2}, 3]", "key": "x"}
    assert from_settings(SETTINGS, one, other, data=data) == {"a": ["x", {"b": "x", "c": 2}, 3]}


@pytest.mark.parametrize("text", ["a,b", "{a", "{a}b", "a=b,c=d"])
def test_a_value_that_set_reads_as_several_is_not_rendered(text: str) -> None:
    source = "{kind: ConfigMap, name: settings, valuesKey: key, targetPath: a}"
    with pytest.raises(ValuesError, match="reads as another value"):
        from_settings(source, data={"key": text})


@pytest.mark.parametrize("path", ["[0]", "a[x]", "a[", "", f"a[{'9' * 5000}]"])
def test_a_path_that_helm_refuses_is_not_rendered(path: str) -> None:
    with pytest.raises(ValuesError, match="is not a valid path"):
        with_value({}, path, 1)


@pytest.mark.parametrize(
    ("path", "why"),
    [("a." * 31 + "b", "has 32 levels"), ("a[65537]", "has an index above 65536")],
)
def test_a_path_beyond_a_limit_of_helm_is_not_rendered(path: str, why: str) -> None:
    with pytest.raises(ValuesError, match=why):
        with_value({}, path, 1)


def test_a_value_of_a_secret_is_replaced() -> None:
    at = "{kind: Secret, name: login, valuesKey: password, targetPath: auth.password}"
    assert from_settings(at) == {"auth": {"password": DUMMY}}


def test_values_of_whole_secrets_are_not_known() -> None:
    with pytest.raises(ValuesError, match=r"from Secret shop/login, whose keys are not known"):
        from_settings("{kind: Secret, name: login}")
    assert from_settings("{kind: Secret, name: login, optional: true}", own="a: 1") == {"a": 1}


def test_a_missing_source_is_named_unless_it_is_optional() -> None:
    with pytest.raises(ValuesError, match=r"ConfigMap shop/settings, which is not in the tree"):
        from_settings(SETTINGS)
    with pytest.raises(ValuesError, match=r"which has no key values\.yaml"):
        from_settings(SETTINGS, data={"other": "a: 1"})
    optional = "{kind: ConfigMap, name: settings, optional: true}"
    assert from_settings(optional) == {}
    assert from_settings(optional, data={"other": "a: 1"}) == {}


def test_a_source_that_is_not_yaml_is_named_without_its_text() -> None:
    with pytest.raises(ValuesError, match=r"key values\.yaml .* is not valid YAML") as caught:
        from_settings(SETTINGS, data={"values.yaml": "password: [hunter2"})
    assert "hunter2" not in str(caught.value)
