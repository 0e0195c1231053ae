"""`kubestrata compare` shows how two clusters differ, each change once."""

from __future__ import annotations

import json

import pytest

from tests.small_project import Project

MAIN = """\
from kubeapis import k8s
from kubestrata import Cluster, Component, Flux, GitRepository, Host, Namespace, Platform

platform = Platform()
flux = Flux(repository=GitRepository(url="https://git.example.com/platform"))


def cluster(name, *, size, names):
    made = Cluster(
        platform, name, domain=Host("example.com"), delivery=flux, kubernetes="1.35"
    )
    for each in names:
        home = Namespace(each, pod_security="baseline")
        component = Component(made, each, layer="apps", namespace=home)
        k8s.ConfigMap(component, "size", data={"size": size})
        k8s.ConfigMap(component, "same", data={"a": "b"})
        if name == "east" and each == "web":
            k8s.ConfigMap(component, "east", data={"a": "b"})
            k8s.Secret(component, "login", string_data={"token": "one-value"})
    return made


cluster("east", size="big", names=["web", "shop", "only"])
cluster("west", size="small", names=["web", "shop"])
platform.synth()
"""


@pytest.fixture
def two(project: Project) -> Project:
    (project.root / "main.py").write_text(MAIN)
    return project


def test_a_change_of_several_objects_is_shown_once(two: Project) -> None:
    done = two.run("compare", "east", "west")
    assert (done.code, done.err) == (1, "")
    assert done.out.splitlines() == [
        "components of east alone:",
        "  apps/only: 3 objects",
        "objects of east alone, in components of both:",
        "  apps/web: ConfigMap web/east, Secret web/login",
        "fields, in east -> in west:",
        '  ~ data.size: "big" -> "small"',
        "      ConfigMap shop/size, ConfigMap web/size",
        "4 objects equal, 2 differ, 5 only in east, 0 only in west",
    ]


def test_every_object_is_listed_on_request(two: Project) -> None:
    done = two.run("compare", "east", "west", "--verbose")
    assert "  apps/only: ConfigMap only/same, ConfigMap only/size, Namespace only" in done.out


def test_json_has_the_same_facts(two: Project) -> None:
    found = json.loads(two.run("compare", "west", "east", "--output", "json").out)
    assert found["changes"] == [
        {
            "path": "data.size",
            "verb": "changed",
            "before": "small",
            "after": "big",
            "objects": ["ConfigMap shop/size", "ConfigMap web/size"],
        }
    ]
    assert (found["equal"], found["differing"]) == (4, 2)
    assert found["only"]["west"] == {"components": {}, "objects": {}}
    assert list(found["only"]["east"]["components"]) == ["apps/only"]


def test_clusters_with_the_same_objects_are_equal(two: Project) -> None:
    two.edit('size="big", names=["web", "shop", "only"]', 'size="small", names=["web", "shop"]')
    two.edit('if name == "east" and', 'if name == "north" and')
    done = two.run("compare", "east", "west")
    assert (done.code, done.out) == (
        0,
        "6 objects equal, 0 differ, 0 only in east, 0 only in west\n",
    )


def test_no_value_of_a_secret_is_shown(two: Project) -> None:
    two.edit('if name == "east" and each == "web":', 'if each == "web":')
    two.edit('"one-value"', 'f"of-{name}-alone"')
    for output in ("text", "json"):
        done = two.run("compare", "east", "west", "--output", output)
        assert "token" in done.out
        assert "of-east" not in done.out
        assert "of-west" not in done.out


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("east", "north"), "'north': is not a cluster of main.py, which has east, west"),
        (("east", "east"), "'east': is compared with itself"),
    ],
)
def test_a_wrong_name_is_reported(two: Project, names: tuple[str, str], why: str) -> None:
    done = two.run("compare", *names)
    assert done.code == 2
    assert why in done.err
