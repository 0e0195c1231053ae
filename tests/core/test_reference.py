"""References: objects instead of names, edges instead of order typed by hand."""

from __future__ import annotations

import pytest

from kubestrata import JsonObject, Platform, RawResource
from kubestrata.constructs import HelmRelease
from kubestrata.core.errors import InvalidReference
from tests.small_platform import chart, config_map, manifest, new_cluster, new_component, order


def test_a_name_used_in_a_typed_body_is_an_edge() -> None:
    cluster = new_cluster()
    settings = config_map(new_component(cluster, "one"))
    config_map(new_component(cluster, "two"), uses=settings.name)
    assert order(cluster) == {"one": [], "two": ["one"]}


def test_a_name_deep_in_helm_values_is_an_edge() -> None:
    cluster = new_cluster()
    settings = config_map(new_component(cluster, "one"))
    values = {"list": [{"deep": settings.ref.text("http://{name}.{namespace}")}]}
    HelmRelease(new_component(cluster, "two"), "app", chart=chart(), values=values)
    assert order(cluster) == {"one": [], "two": ["one"]}
    written = manifest(cluster, "apps/two/app-helmrelease.yaml")["spec"]["values"]
    assert written == {"list": [{"deep": "http://settings.one"}]}


def test_a_name_in_an_untyped_object_is_an_edge() -> None:
    cluster = new_cluster(groups=("example.com",))
    settings = config_map(new_component(cluster, "one"))
    body: JsonObject = {
        "apiVersion": "example.com/v1",
        "kind": "Thing",
        "spec": {"ref": settings.name},
    }
    RawResource(new_component(cluster, "two"), "thing", body)
    assert order(cluster) == {"one": [], "two": ["one"]}


def test_a_service_knows_its_host_and_url() -> None:
    cluster = new_cluster()
    release = HelmRelease(new_component(cluster, "one"), "app", chart=chart())
    service = release.service("loki", 3100)
    assert service.host == "loki.one.svc.cluster.local"
    assert service.url("/push") == "http://loki.one.svc.cluster.local:3100/push"
    config_map(new_component(cluster, "two"), url=service.url())
    assert order(cluster)["two"] == ["one"]


def test_a_reference_inside_its_own_component_adds_no_edge() -> None:
    cluster = new_cluster()
    component = new_component(cluster)
    config_map(component, "b", uses=config_map(component, "a").name)
    assert order(cluster) == {"web": []}


def test_a_reference_to_another_cluster_names_both() -> None:
    platform = Platform()
    theirs = config_map(new_component(new_cluster("east", platform=platform)))
    ours = new_component(new_cluster("west", platform=platform))
    with pytest.raises(InvalidReference) as caught:
        config_map(ours, "other", uses=theirs.name)
    assert "is in cluster east" in caught.value.why
    assert "web runs in cluster west" in caught.value.why
    with pytest.raises(InvalidReference):
        ours.needs(theirs.ref)


def test_chart_dependencies_of_cdk8s_are_edges_too() -> None:
    cluster = new_cluster()
    one, two = new_component(cluster, "one"), new_component(cluster, "two")
    two.add_dependency(one)
    assert order(cluster) == {"one": [], "two": ["one"]}


def test_a_cluster_finds_the_component_of_its_own_references_only() -> None:
    cluster = new_cluster()
    component = new_component(cluster, "one")
    reference = config_map(component).ref
    assert cluster.owner_of(reference) is component
    other = new_cluster()
    new_component(other, "one")
    with pytest.raises(InvalidReference, match="is not in cluster"):
        other.owner_of(reference)
