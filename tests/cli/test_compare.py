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
            "within": False,
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


HOSTS = """\
        k8s.ConfigMap(component, "host", data={"url": f"https://{each}.{name}.example.com/"})
        k8s.ConfigMap(component, "size", data={"size": size, "quota": 2 * size})
"""


def test_one_word_in_different_texts_is_one_change(two: Project) -> None:
    two.edit('        k8s.ConfigMap(component, "size", data={"size": size})\n', HOSTS)
    two.edit('names=["web", "shop", "only"]', 'names=["web", "shop"]')
    two.edit('if name == "east" and', 'if name == "north" and')
    done = two.run("compare", "east", "west")
    assert done.out.splitlines() == [
        "fields, in east -> in west:",
        '  ~ data.url: "east" -> "west" within the text',
        "      ConfigMap shop/host, ConfigMap web/host",
        '  ~ data.quota: "bigbig" -> "smallsmall"',
        '  ~ data.size: "big" -> "small"',
        "      ConfigMap shop/size, ConfigMap web/size",
        "4 objects equal, 4 differ, 0 only in east, 0 only in west",
    ]
    found = json.loads(two.run("compare", "east", "west", "--output", "json").out)
    assert found["changes"][0] == {
        "path": "data.url",
        "verb": "changed",
        "before": "east",
        "after": "west",
        "within": True,
        "objects": ["ConfigMap shop/host", "ConfigMap web/host"],
    }


STAGES = """\
made = Cluster(
    platform, "east", domain=Host("example.com"), delivery=flux, kubernetes="1.35"
)
for stage, replicas in (("staging", "1"), ("production", "3")):
    home = Namespace(f"shop-{stage}", pod_security="baseline")
    shop = Component(made, f"shop-{stage}", layer="apps", namespace=home)
    k8s.ConfigMap(shop, "size", data={"replicas": replicas})
    k8s.ConfigMap(shop, "same", data={"a": "b"})
    if stage == "production":
        k8s.ConfigMap(shop, "alarm", data={"a": "b"})
platform.synth()
"""


def test_two_components_of_one_cluster_are_compared_without_their_namespaces(
    two: Project,
) -> None:
    head = MAIN.partition("def cluster")[0]
    (two.root / "main.py").write_text(head + STAGES)
    done = two.run("compare", "east/shop-staging", "east/shop-production")
    assert (done.code, done.err) == (1, "")
    assert done.out.splitlines() == [
        "objects of east/shop-production alone:",
        "  shop-staging: ConfigMap alarm",
        "fields, in east/shop-staging -> in east/shop-production:",
        '  ~ data.replicas: "1" -> "3"',
        "      ConfigMap size",
        "2 objects equal, 1 differ, 0 only in east/shop-staging, 1 only in east/shop-production",
    ]


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("east", "north"), "'north': is not a cluster of main.py, which has east, west"),
        (("east", "wst"), "write 'west'"),
        (("east", "east"), "'east': is compared with itself"),
        (("east/web", "west/wb"), "'wb': is not a component of cluster west"),
        (("east/web", "west/wb"), "write 'web'"),
        (("east/web", "west"), "'west': is a cluster, and 'east/web' a component"),
        (("east/web", "west"), "write west/web"),
    ],
)
def test_a_wrong_name_is_reported(two: Project, names: tuple[str, str], why: str) -> None:
    done = two.run("compare", *names)
    assert done.code == 2
    assert why in done.err
