"""Configuration of containers: restarts on changes, and edges of Secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kubestrata import Component, Quantity, ServiceReference
from kubestrata.constructs import CiliumNetwork, Container, Workload
from kubestrata.constructs.workload import SecretValue
from kubestrata.core.errors import InvalidReference, InvalidValue
from tests.constructs.checking import faults, objects
from tests.constructs.workload.platform import IMAGE, cluster, secret, shop
from tests.small_platform import new_cluster, new_component, order


def made(container: Container, component: Component | None = None) -> Component:
    component = component or new_component(new_cluster())
    Workload(component, "web", image=IMAGE, container=container)
    return component


def template(component: Component) -> dict[str, Any]:
    (deployment,) = objects(component, "Deployment")
    spec: dict[str, Any] = deployment["spec"]["template"]
    return spec


def config_maps(component: Component) -> dict[str, dict[str, str]]:
    return {each["metadata"]["name"]: each["data"] for each in objects(component, "ConfigMap")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Container(config={"A": "1"}), Container(config={"A": "2"})),
        (Container(files={"/etc/a": "1"}), Container(files={"/etc/a": "2"})),
    ],
    ids=["config", "files"],
)
def test_new_content_is_a_new_name_and_new_pods(one: Container, other: Container) -> None:
    before, after = made(one), made(other)
    assert set(config_maps(before)).isdisjoint(config_maps(after))
    assert template(before) != template(after)
    assert template(made(one)) == template(before)


def test_pods_read_the_config_map_that_was_made() -> None:
    component = made(Container(config={"A": "1"}, files={"/etc/a.yaml": "b: c"}))
    config, files = config_maps(component)
    spec = template(component)["spec"]
    assert spec["containers"][0]["envFrom"] == [{"configMapRef": {"name": config}}]
    assert spec["volumes"][0]["configMap"]["name"] == files
    assert config_maps(component) == {config: {"A": "1"}, files: {"etc_a.yaml": "b: c"}}


def test_a_config_map_that_pods_read_never_changes() -> None:
    component = made(Container(config={"A": "1"}))
    assert [each["immutable"] for each in objects(component, "ConfigMap")] == [True]


def test_a_path_gives_the_text_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("a: b\n")
    assert Container(files={"/etc/config.yaml": file}).texts == {"/etc/config.yaml": "a: b\n"}


def test_a_missing_file_is_reported() -> None:
    with pytest.raises(InvalidValue, match=r"file 'missing.yaml': .*No such file"):
        Container(files={"/etc/config.yaml": Path("missing.yaml")})


def test_two_files_of_one_key_are_refused() -> None:
    with pytest.raises(InvalidValue, match="becomes the key 'a_b', the same as '/a/b'"):
        made(Container(files={"/a/b": "1", "/a_b": "2"}))


def test_a_variable_from_a_secret_names_it() -> None:
    component = new_component(new_cluster())
    made(Container(env={"PASSWORD": secret(component).key("password")}), component)
    (variable,) = template(component)["spec"]["containers"][0]["env"]
    reference = {"name": "credentials", "key": "password"}
    assert variable == {"name": "PASSWORD", "valueFrom": {"secretKeyRef": reference}}


def test_a_secret_given_by_name_is_not_checked() -> None:
    value = SecretValue(secret="elsewhere", key="password")  # a name
    component = made(Container(env_from_secrets={"PASSWORD": value}))
    (variable,) = template(component)["spec"]["containers"][0]["env"]
    assert variable["valueFrom"]["secretKeyRef"] == {"name": "elsewhere", "key": "password"}


def test_a_secret_of_another_namespace_is_refused() -> None:
    home = cluster()
    theirs = secret(new_component(home, "other"))
    with pytest.raises(InvalidReference, match="is in namespace 'other', its user in 'shop'"):
        made(Container(env={"PASSWORD": theirs.key("password")}), new_component(home, "shop"))


def test_files_from_secrets_are_mounted_by_folder_and_follow_changes() -> None:
    component = new_component(new_cluster())
    key = secret(component).key("password")
    made(Container(files={"/run/a/one": key, "/run/a/two": key, "/run/b/one": key}), component)
    spec = template(component)["spec"]
    mounts = spec["containers"][0]["volumeMounts"]
    assert [each["mountPath"] for each in mounts] == ["/run/a", "/run/b"]
    assert not any("subPath" in each for each in mounts)
    assert len(spec["volumes"][0]["projected"]["sources"]) == 2
    assert faults(component) == []


@pytest.mark.parametrize(
    "container",
    [
        lambda key: Container(files={"/run/a/one": key, "/run/a/plain": "x"}),
        lambda key: Container(files={"/run/a/one": key}, writable={"/run/a": Quantity("1Mi")}),
    ],
    ids=["beside", "above"],
)
def test_a_folder_of_secrets_holds_nothing_else(container: Any) -> None:
    component = new_component(new_cluster())
    with pytest.raises(InvalidValue, match="is in a folder that holds files from Secrets"):
        made(container(secret(component).key("password")), component)


def test_a_name_that_came_from_a_reference_orders_the_component() -> None:
    home = cluster(CiliumNetwork())
    other = new_component(home, "other")
    api = Workload(other, "api", image=IMAGE)
    component = made(Container(env={"API": api.service.url("/v1")}), new_component(home, "shop"))
    assert order(home)["shop"] == ["other"]
    (variable,) = template(component)["spec"]["containers"][0]["env"]
    assert variable["value"] == "http://api.other.svc.cluster.local:80/v1"


def test_a_service_of_a_chart_is_reached_by_its_name() -> None:
    component = shop()
    (cache,) = [ServiceReference(secret(component, "cache").ref, 6379)]
    assert Container(env={"CACHE": cache.url()}).variables["CACHE"].endswith(":6379")
