"""A workload as a claim of the platform's API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion

from kubeapis import k8s
from kubestrata import Component, Host, TypedPatch
from kubestrata.constructs import (
    Availability,
    CiliumNetwork,
    Container,
    Exposure,
    Pods,
    Scaling,
    Workload,
)
from kubestrata.constructs.data import PostgresSpec
from kubestrata.constructs.platform_api import AppSpec, PlatformApi, PlatformKind
from kubestrata.constructs.scaling import VerticalRecommendation
from kubestrata.constructs.traffic import IngressController, Ingresses, IngressTls
from kubestrata.constructs.workload import (
    Dependencies,
    SecretValue,
    StoreEntry,
    StoreValue,
    WorkloadMonitoring,
)
from kubestrata.core.errors import InvalidValue
from tests.constructs.checking import objects, rendered
from tests.constructs.workload.platform import IMAGE, complete, secret
from tests.small_platform import new_cluster, new_component, order


@pytest.fixture
def component(tmp_path: Path) -> Component:
    program = tmp_path / "app.k"
    program.write_text("items = []\n")
    kind = PlatformKind("App", "apps", AppSpec, program)
    return new_component(complete(PlatformApi("example.com", [kind])), "shop")


def claim(component: Component) -> dict[str, Any]:
    (found,) = objects(component, "App")
    spec: dict[str, Any] = found["spec"]
    return spec


def test_minimal(component: Component, manifests: SnapshotAssertion) -> None:
    Workload(component, "web", image=IMAGE)
    assert rendered(component) == manifests


def test_a_claim_has_exactly_the_declared_fields(component: Component) -> None:
    container = Container(port=9898, env={"A": "1", "PASSWORD": secret(component).key("password")})
    Workload(component, "web", image=IMAGE, container=container, scaling=Scaling(min=3))
    found = claim(component)
    assert found["image"] == {"repository": "registry.example.com/web", "tag": "1.0.0"}
    assert found["service"] == {"port": 9898}
    assert found["env"] == [
        {
            "name": "PASSWORD",
            "valueFrom": {"secretKeyRef": {"name": "credentials", "key": "password"}},
        },
        {"name": "A", "value": "1"},
    ]
    assert found["autoscaling"] == {
        "enabled": True,
        "minReplicas": 3,
        "maxReplicas": 10,
        "targetCPUUtilizationPercentage": 80,
    }
    assert not {"args", "command", "configs", "envFrom", "route", "writable"} & set(found)


def test_a_claim_creates_no_native_pods(component: Component) -> None:
    Workload(component, "web", image=IMAGE, route=Exposure(visibility="public"))
    kinds = {item.identity.kind for item in component.rendered()}
    assert kinds == {"App", "CiliumNetworkPolicy", "Namespace"}


def test_dependencies_are_beside_the_claim_which_has_their_variables(
    component: Component,
) -> None:
    backing = Dependencies(postgres=PostgresSpec())
    Workload(component, "web", image=IMAGE, dependencies=backing, monitoring=WorkloadMonitoring())
    found = claim(component)
    source = {"secretKeyRef": {"name": "web-postgres-app", "key": "uri"}}
    assert found["env"] == [{"name": "DATABASE_URL", "valueFrom": source}]
    assert not {"kvStore", "observability", "s3Bucket", "sqlInstance"} & set(found)
    kinds = {item.identity.kind for item in component.rendered()}
    assert {"Cluster", "VMPodScrape", "VMRule"} <= kinds


def test_a_claim_is_ordered_and_connected_as_native_objects_are(component: Component) -> None:
    web = Workload(component, "web", image=IMAGE, route=Exposure(visibility="public"))
    other = Workload(new_component(component.cluster, "other"), "api", image=IMAGE)
    other.connect_to(web)
    found = order(component.cluster)
    assert (found["shop"], found["other"]) == (["operators"], ["shop"])
    names = {each["metadata"]["name"] for each in objects(component, "CiliumNetworkPolicy")}
    assert {"web-from-api", "web-from-gateway"} <= names
    assert web.service.url() == "http://web.shop.svc.cluster.local:80"


def test_a_claim_has_its_ingress_beside_it_where_the_cluster_has_no_gateway(
    tmp_path: Path,
) -> None:
    program = tmp_path / "app.k"
    program.write_text("items = []\n")
    kind = PlatformKind("App", "apps", AppSpec, program)
    api = PlatformApi("example.com", [kind])
    cluster = new_cluster(groups=("cilium.io", "example.com"), offers=[CiliumNetwork(), api])
    nginx = Pods("nginx", "ingress", {"app": "nginx"})
    tls = IngressTls.of_controller()
    cluster.offer(Ingresses(public=IngressController("nginx", Host("example.com"), nginx, tls)))
    component = new_component(cluster, "shop")
    web = Workload(component, "web", image=IMAGE, route=Exposure(visibility="public"))
    kinds = {item.identity.kind for item in component.rendered()}
    assert kinds == {"App", "CiliumNetworkPolicy", "Ingress", "Namespace"}
    assert "route" not in claim(component)
    assert web.route is not None
    assert (web.route.route.kind, web.route.url) == ("Ingress", "https://web.example.com")


def test_contradictory_settings_are_refused_before_the_claim(component: Component) -> None:
    budget = Availability(min_available=2)
    with pytest.raises(InvalidValue, match="none can be evicted"):
        Workload(component, "web", image=IMAGE, availability=budget)


def test_a_workload_has_one_shape_on_every_cluster(component: Component) -> None:
    claimed, native = (
        Workload(each, "web", image=IMAGE, route=Exposure(visibility="public", host="www"))
        for each in (component, new_component(complete(), "shop"))
    )
    assert claimed.deployment.identity == native.deployment.identity
    assert claimed.service.url() == native.service.url()
    assert (claimed.endpoint.pods, claimed.endpoint.ports) == (
        native.endpoint.pods,
        native.endpoint.ports,
    )
    assert claimed.route is not None
    assert native.route is not None
    assert claimed.route.url == native.route.url == "https://www.example.com"
    assert claimed.route.route.identity == native.route.route.identity


def test_without_an_exposure_there_is_no_route_on_any_cluster(component: Component) -> None:
    for each in (component, new_component(complete(), "shop")):
        assert Workload(each, "web", image=IMAGE).route is None


def test_an_autoscaler_targets_the_deployment_of_a_claim(component: Component) -> None:
    web = Workload(component, "web", image=IMAGE, scaling=Scaling.fixed(2))
    VerticalRecommendation(component, "web", target=web.deployment)
    (made,) = objects(component, "VerticalPodAutoscaler")
    assert made["spec"]["targetRef"] == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": "web",
    }


def test_a_patched_workload_is_native_on_every_cluster(component: Component) -> None:
    patch = TypedPatch(k8s.PodSpec, lambda spec: replace(spec, host_users=False))
    other = new_component(complete(), "shop")
    for each in (component, other):
        Workload(each, "web", image=IMAGE, patches=[patch])
    assert objects(component, "App") == []
    assert objects(component, "Deployment") == objects(other, "Deployment")
    (made,) = objects(component, "Deployment")
    assert made["spec"]["template"]["spec"]["hostUsers"] is False


def test_a_patch_that_matches_nothing_is_an_error_on_every_cluster(component: Component) -> None:
    patch = TypedPatch(k8s.IngressSpec, lambda spec: spec)
    for each in (component, new_component(complete(), "shop")):
        with pytest.raises(InvalidValue, match=r"TypedPatch\(IngressSpec\): matches nothing"):
            Workload(each, "api", image=IMAGE, patches=[patch])


def test_a_container_keeps_its_arguments(component: Component, tmp_path: Path) -> None:
    key, file = secret(component).key("password"), tmp_path / "a.yaml"
    file.write_text("b: 1\n")
    container = Container(env={"PASSWORD": key, "A": "1"}, files={"/a.yaml": file, "/key": key})
    assert container.env == {"PASSWORD": key, "A": "1"}
    assert container.files == {"/a.yaml": file, "/key": key}
    assert (container.variables, container.texts) == ({"A": "1"}, {"/a.yaml": "b: 1\n"})
    value = SecretValue(secret="credentials", key="password")
    assert container.secret_variables == {"PASSWORD": value}
    assert container.secret_files == {"/key": value}


def test_a_claim_waits_for_the_store_that_its_composition_reads(component: Component) -> None:
    for number, container in enumerate(
        (
            Container(env_from_store={"TOKEN": StoreValue(path="shop")}),
            Container(secrets_from_store={"web-config": StoreEntry(path="shop")}),
        )
    ):
        Workload(component, f"web-{number}", image=IMAGE, container=container)
    assert order(component.cluster)["shop"] == ["operators"]
