"""Constructs of cdk8s and cdk8s-plus, and raw ApiObjects, in the same component and tree."""

from __future__ import annotations

import re
import traceback

import cdk8s
import cdk8s_plus_28 as kplus
import constructs
import pytest

from kubeapis import k8s
from kubestrata import Component, Platform
from kubestrata.core.errors import DuplicateObject, InvalidReference, NodeError
from tests.small_platform import config_map, files, manifest, new_cluster, new_component


def deployment(component: constructs.Construct, name: str = "plus") -> kplus.Deployment:
    return kplus.Deployment(
        component,
        name,
        metadata=cdk8s.ApiObjectMetadata(name=name),
        containers=[kplus.ContainerProps(image="nginx:1.29", port_number=8080)],
    )


def raw(component: constructs.Construct, name: str = "raw") -> cdk8s.ApiObject:
    return cdk8s.ApiObject(
        component, name, api_version="v1", kind="Endpoints", metadata={"name": name}
    )


def test_both_land_in_the_component_folder_and_namespace() -> None:
    cluster = new_cluster()
    component = new_component(cluster)
    config_map(component, key="value")
    deployment(component)
    raw(component)
    assert sorted(path for path in files(cluster) if path.startswith("apps/")) == [
        "apps/web/kustomization.yaml",
        "apps/web/plus-deployment.yaml",
        "apps/web/raw-endpoints.yaml",
        "apps/web/settings-configmap.yaml",
        "apps/web/web-namespace.yaml",
    ]
    assert manifest(cluster, "apps/web/plus-deployment.yaml")["metadata"]["namespace"] == "web"
    assert manifest(cluster, "apps/web/raw-endpoints.yaml")["metadata"]["namespace"] == "web"


def test_a_foreign_cluster_scoped_object_gets_no_namespace() -> None:
    cluster = new_cluster()
    component = new_component(cluster)
    kplus.ClusterRole(component, "role", metadata=cdk8s.ApiObjectMetadata(name="role"))
    assert "namespace" not in manifest(cluster, "apps/web/role-clusterrole.yaml")["metadata"]


def test_a_foreign_cluster_scoped_custom_resource_gets_no_namespace() -> None:
    cluster = new_cluster(groups=("cert-manager.io",))
    cdk8s.ApiObject(
        new_component(cluster),
        "issuer",
        api_version="cert-manager.io/v1",
        kind="ClusterIssuer",
        metadata={"name": "issuer"},
    )
    assert manifest(cluster, "apps/web/issuer-clusterissuer.yaml")["metadata"] == {"name": "issuer"}


def test_a_foreign_object_knows_the_line_that_brought_it() -> None:
    component = new_component(new_cluster())
    deployment(component)
    raw(component)
    origins = {item.identity.name: item.origin for item in component.rendered()}
    assert origins["plus"].path == "c1/web/plus"
    assert origins["raw"].file.endswith("test_foreign_construct.py")
    assert origins["raw"].line != origins["plus"].line


def test_a_foreign_object_with_a_native_identity_is_a_duplicate() -> None:
    cluster = new_cluster()
    component = new_component(cluster)
    config_map(component, "same")
    cdk8s.ApiObject(
        component, "other", api_version="v1", kind="ConfigMap", metadata={"name": "same"}
    )
    with pytest.raises(DuplicateObject, match="ConfigMap web/same: is created twice, also at"):
        files(cluster)


def test_testing_synth_returns_native_and_foreign_objects() -> None:
    component = new_component(new_cluster())
    config_map(component, key="value")
    raw(component)
    kinds = [item["kind"] for item in cdk8s.Testing.synth(component)]
    assert kinds == ["ConfigMap", "Endpoints", "Namespace"]


def test_the_whole_app_as_one_stream_has_every_object() -> None:
    platform = Platform()
    component = new_component(new_cluster(platform=platform))
    config_map(component, key="value")
    raw(component)
    assert [line for line in platform.synth_yaml().splitlines() if line.startswith("kind:")] == [
        "kind: ConfigMap",
        "kind: Endpoints",
        "kind: Namespace",
    ]


def test_a_foreign_construct_may_depend_on_a_native_one() -> None:
    cluster = new_cluster()
    component = new_component(cluster)
    settings = config_map(component, key="value")
    raw(component).add_dependency(settings.api_object)
    assert manifest(cluster, "apps/web/settings-configmap.yaml")["data"] == {"key": "value"}
    assert len([item for item in component.rendered() if item.identity.kind == "ConfigMap"]) == 1


def test_changes_to_a_native_object_in_node_are_written() -> None:
    cluster = new_cluster()
    settings = config_map(new_component(cluster), key="value")
    settings.api_object.metadata.add_label("seen", "yes")
    settings.api_object.add_json_patch(cdk8s.JsonPatch.add("/data/more", "x"))
    written = manifest(cluster, "apps/web/settings-configmap.yaml")
    assert written["metadata"]["labels"] == {"seen": "yes"}
    assert written["data"] == {"key": "value", "more": "x"}


def test_a_chart_inside_a_component_is_part_of_it() -> None:
    cluster = new_cluster()
    component = new_component(cluster)
    inner = cdk8s.Chart(component, "inner")
    raw(inner)
    assert "apps/web/raw-endpoints.yaml" in files(cluster)


def test_a_construct_group_is_a_scope() -> None:
    cluster = new_cluster()
    component = new_component(cluster)
    group = constructs.Construct(component, "group")
    made = k8s.ConfigMap(constructs.Construct(group, "deeper"), "settings")
    assert made.origin.path == "c1/web/group/deeper/settings"
    assert isinstance(made.component, Component)


def test_an_error_of_node_is_reported_with_the_python_line() -> None:
    with pytest.raises(NodeError, match=r"ApiObject cannot be created: .*parent chart") as caught:
        raw(constructs.Construct(new_cluster(), "group"))
    assert re.fullmatch(r".*test_foreign_construct.py:\d+ \(c1/group/raw\)", caught.value.where)


def test_a_foreign_construct_outside_of_a_component_is_refused_not_lost() -> None:
    cluster = new_cluster()
    with pytest.raises(InvalidReference, match="Chart: is not in a Component"):
        cdk8s.Chart(cluster, "stray")


def test_an_app_of_cdk8s_beside_the_platform_is_left_alone() -> None:
    chart = cdk8s.Chart(cdk8s.App(), "other")
    raw(chart)
    assert len(cdk8s.Testing.synth(chart)) == 1


@pytest.mark.parametrize("read", ["rendered", "to_json"])
def test_an_error_of_node_quotes_no_object(read: str) -> None:
    component = new_component(new_cluster())
    login = cdk8s.ApiObject(
        component, "login", api_version="v1", kind="Secret", metadata={"name": "login"}
    )
    login.add_json_patch(
        cdk8s.JsonPatch.add("/stringData", {"password": "quiet-otter-71"}),
        cdk8s.JsonPatch.test("/stringData/password", "loud-otter-72"),
    )
    subject = component if read == "rendered" else login
    with pytest.raises((NodeError, RuntimeError), match="Test operation failed") as caught:
        getattr(subject, read)()
    shown = "".join(traceback.format_exception(caught.value))
    assert "otter" not in shown


def test_an_error_of_a_program_in_node_gives_its_cause() -> None:
    component = new_component(new_cluster())
    with pytest.raises(NodeError, match=r"unable to determine protocol from url: nowhere\.yaml"):
        cdk8s.Include(component, "nowhere", url="nowhere.yaml")
