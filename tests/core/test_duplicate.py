"""A second construct of one id, a second object of one identity, a name that is too long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cdk8s
import pytest
from constructs import Construct

from kubeapis import k8s
from kubestrata import Cron, Image, Namespace, Platform
from kubestrata.constructs import ScheduledJob, Workload
from kubestrata.core.errors import DuplicateObject, InvalidName
from tests.small_platform import config_map, files, new_cluster, new_component

IMAGE = Image("registry.example.com/app:1.2.3")
MAKERS: dict[str, tuple[Callable[[Any], object], str]] = {
    "object": (lambda web: config_map(web, "x"), "x"),
    "workload": (lambda web: Workload(web, "x", image=IMAGE), "x"),
    "construct": (lambda web: Construct(web, "x"), "x"),
    "foreign object": (
        lambda web: cdk8s.ApiObject(web, "x", api_version="v1", kind="ConfigMap"),
        "x",
    ),
    "component": (lambda web: new_component(web.cluster, "x"), "x"),
    "cluster": (lambda web: new_cluster("x", platform=web.cluster.node.scope), "x"),
}


@pytest.mark.parametrize("name", MAKERS)
def test_a_second_id_names_the_first_line_and_another_id(name: str) -> None:
    make, id = MAKERS[name]
    web = new_component(new_cluster(platform=Platform()))
    make(web)
    with pytest.raises(DuplicateObject) as caught:
        make(web)
    error = caught.value
    assert error.what == f"id {id!r}"
    assert "has one already, created at " in error.why
    assert "test_duplicate.py:" in error.why
    assert error.fix == f"give one of them another id, such as '{id}-2'"


def test_a_second_object_of_one_identity_names_both_lines() -> None:
    cluster = new_cluster()
    web, api = new_component(cluster), new_component(cluster, "api")
    config_map(web, "settings")
    k8s.ConfigMap(api, "other", metadata=k8s.ObjectMeta(name="settings", namespace="web"))
    with pytest.raises(DuplicateObject, match="is created twice, also at ") as caught:
        files(cluster)
    assert caught.value.fix == "keep one of the two, or give one another name or namespace"


def test_a_namespace_is_declared_once() -> None:
    cluster = new_cluster()
    home = Namespace("shared", pod_security="restricted")
    new_component(cluster, "web", namespace=home)
    new_component(cluster, "api", namespace=home)
    with pytest.raises(DuplicateObject, match="pass its home_namespace to the other"):
        files(cluster)


LONG: dict[str, tuple[Callable[[Any], object], int]] = {
    "component": (lambda web: new_component(web.cluster, "x" * 70), 63),
    "cluster": (lambda _: new_cluster("x" * 70), 63),
    "namespace": (lambda _: Namespace("x" * 70, pod_security="restricted"), 63),
    "Service": (lambda web: k8s.Service(web, "x" * 70), 63),
    "ConfigMap": (lambda web: config_map(web, "x" * 260), 253),
    "ClusterRole": (lambda web: k8s.ClusterRole(web, "x" * 260), 253),
    "Workload": (lambda web: Workload(web, "x" * 70, image=IMAGE), 63),
    "ScheduledJob": (
        lambda web: ScheduledJob(web, "x" * 59, image=IMAGE, schedule=Cron("0 0 * * *")),
        52,
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_a_name_that_is_too_long_has_limit_length_and_fix(name: str) -> None:
    make, limit = LONG[name]
    with pytest.raises(InvalidName) as caught:
        make(new_component(new_cluster()))
    assert f"characters; at most {limit} are allowed" in caught.value.why
    assert caught.value.fix == "shorten it by 7"


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("Big_Name", "write 'big-name'"),
        ("a..b", "write 'a.b'"),
        ("-x-", "write 'x'"),
        ("a b.C", "write 'a-b.c'"),
        ("", None),
    ],
)
def test_a_name_of_other_characters_has_the_nearest_valid_one(name: str, fix: str | None) -> None:
    with pytest.raises(InvalidName) as caught:
        config_map(new_component(new_cluster()), name)
    assert caught.value.fix == fix
