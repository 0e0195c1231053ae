"""A workload as a claim of the platform's API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion

from kubeapis import k8s
from kubestrata import Component, TypedPatch
from kubestrata.constructs import Availability, Container, Exposure, Scaling, Workload
from kubestrata.constructs.data import PostgresSpec
from kubestrata.constructs.platform_api import PlatformApi, PlatformKind
from kubestrata.constructs.workload import Backing, Observed, RunningWorkload, StoreValue
from kubestrata.core.errors import InvalidReference, InvalidValue
from tests.constructs.judging import objects, rendered
from tests.constructs.workload.platform import IMAGE, complete, secret
from tests.small_platform import new_component, order


@pytest.fixture
def component(tmp_path: Path) -> Component:
    program = tmp_path / "app.k"
    program.write_text("items = []\n")
    kind = PlatformKind("App", "apps", RunningWorkload, program)
    return new_component(complete(PlatformApi("example.com", [kind])), "shop")


def claim(component: Component) -> dict[str, Any]:
    (found,) = objects(component, "App")
    spec: dict[str, Any] = found["spec"]
    return spec


def test_minimal(component: Component, manifests: SnapshotAssertion) -> None:
    Workload(component, "web", image=IMAGE)
    assert rendered(component) == manifests


def test_a_claim_says_what_was_stated_and_no_more(component: Component) -> None:
    container = Container(port=9898, env={"A": "1", "PASSWORD": secret(component).key("password")})
    Workload(component, "web", image=IMAGE, container=container, scaling=Scaling(min=3))
    assert claim(component) == {
        "image": str(IMAGE),
        "container": {
            "port": 9898,
            "env": {"A": "1"},
            "envFromSecrets": {"PASSWORD": {"secret": "credentials", "key": "password"}},
        },
        "scaling": {"min": 3},
    }


def test_what_composes_the_pods_makes_none_of_them_here(component: Component) -> None:
    Workload(component, "web", image=IMAGE, route=Exposure(reach="public"))
    kinds = {item.identity.kind for item in component.rendered()}
    assert kinds == {"App", "CiliumNetworkPolicy", "Namespace"}


def test_services_of_its_own_stand_beside_the_claim_that_is_told_of_them(
    component: Component,
) -> None:
    backing = Backing(postgres=PostgresSpec())
    Workload(component, "web", image=IMAGE, backing=backing, monitoring=Observed())
    assert claim(component) == {
        "image": str(IMAGE),
        "container": {
            "envFromSecrets": {"DATABASE_URL": {"secret": "web-postgres-app", "key": "uri"}}
        },
    }
    kinds = {item.identity.kind for item in component.rendered()}
    assert {"Cluster", "VMPodScrape", "VMRule"} <= kinds


def test_a_claim_is_ordered_and_connected_as_native_objects_are(component: Component) -> None:
    web = Workload(component, "web", image=IMAGE, route=Exposure(reach="public"))
    other = Workload(new_component(component.cluster, "other"), "api", image=IMAGE)
    other.connect_to(web)
    found = order(component.cluster)
    assert (found["shop"], found["other"]) == (["traffic"], ["shop"])
    names = {each["metadata"]["name"] for each in objects(component, "CiliumNetworkPolicy")}
    assert {"web-from-api", "web-from-gateway"} <= names
    assert web.service.url() == "http://web.shop.svc.cluster.local:80"


def test_what_contradicts_itself_is_refused_before_it_is_claimed(component: Component) -> None:
    budget = Availability(min_available=2)
    with pytest.raises(InvalidValue, match="none can be evicted"):
        Workload(component, "web", image=IMAGE, availability=budget)


def test_there_is_no_deployment_to_reach_or_patch(component: Component) -> None:
    web = Workload(component, "web", image=IMAGE)
    with pytest.raises(InvalidReference, match="is a claim: its Deployment is made in the cluster"):
        _ = web.deployment
    patch = TypedPatch(k8s.PodSpec, lambda spec: replace(spec, host_users=False))
    with pytest.raises(InvalidValue, match=r"TypedPatch\(PodSpec\): matches nothing"):
        Workload(component, "api", image=IMAGE, patches=[patch])


def test_a_claim_waits_for_the_store_that_its_composition_reads(component: Component) -> None:
    container = Container(env_from_store={"TOKEN": StoreValue(path="shop")})
    Workload(component, "web", image=IMAGE, container=container)
    assert order(component.cluster)["shop"] == ["operators"]
