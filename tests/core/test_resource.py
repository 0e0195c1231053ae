"""Resources: typed bodies that are checked where they are made."""

from __future__ import annotations

import pytest

from kubeapis import cert_manager, fluxcd, k8s
from kubestrata import NULL, Component, JsonObject, Namespace, Port, Quantity, RawResource
from kubestrata.core.errors import DuplicateObject, InvalidBody, InvalidName, InvalidReference
from tests.small_platform import config_map, files, manifest, new_cluster, new_component


def web() -> Component:
    return new_component(new_cluster())


def test_the_id_is_the_name_and_the_namespace_is_the_components() -> None:
    assert config_map(web(), key="value").body == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "settings", "namespace": "web"},
        "data": {"key": "value"},
    }


def test_metadata_may_name_both() -> None:
    metadata = k8s.ObjectMeta(name="other", namespace="elsewhere", labels={"a": "b"})
    made = k8s.ConfigMap(web(), "settings", metadata=metadata)
    assert made.body["metadata"] == {
        "name": "other",
        "namespace": "elsewhere",
        "labels": {"a": "b"},
    }


def test_values_are_written_as_plain_scalars() -> None:
    requirements = k8s.ResourceRequirements(requests={"cpu": Quantity("10m"), "memory": "1Gi"})
    port = k8s.ContainerPort(container_port=Port(80))
    container = k8s.Container(name="a", image="a:1", ports=[port], resources=requirements)
    pod = k8s.Pod(web(), "pod", spec=k8s.PodSpec(containers=[container]))
    written = pod.body["spec"]["containers"][0]
    assert type(written["ports"][0]["containerPort"]) is int
    assert type(written["resources"]["requests"]["cpu"]) is str


def test_an_unknown_keyword_names_the_nearest_one() -> None:
    with pytest.raises(InvalidBody, match=r"test_resource.py:\d+: PodSpec: has no field") as caught:
        k8s.PodSpec(containrs=[])  # type: ignore[call-arg]
    assert caught.value.fix == "write 'containers'"


def test_a_missing_required_field_is_named() -> None:
    with pytest.raises(InvalidBody, match="DeploymentSpec: needs the field"):
        k8s.DeploymentSpec(replicas=1)  # type: ignore[call-arg]


def test_a_wrong_type_deep_inside_is_named_with_its_wire_path() -> None:
    port = k8s.ContainerPort(container_port="80")  # type: ignore[arg-type]
    spec = k8s.PodSpec(containers=[k8s.Container(name="a", ports=[port])])
    with pytest.raises(InvalidBody) as caught:
        k8s.Pod(web(), "pod", spec=spec)
    assert caught.value.what == "Pod.spec.containers[0].ports[0].containerPort"
    assert caught.value.why == "expected `int`, got `str`"
    assert "test_resource.py:" in caught.value.where


def test_a_value_outside_an_enum_names_the_nearest_one() -> None:
    rule = cert_manager.CertificateSpecPrivateKey(rotation_policy="Allways")  # type: ignore[arg-type]
    issuer = cert_manager.CertificateSpecIssuerRef(name="a")
    spec = cert_manager.CertificateSpec(secret_name="a", issuer_ref=issuer, private_key=rule)
    with pytest.raises(InvalidBody) as caught:
        cert_manager.Certificate(web(), "a", spec=spec)
    assert caught.value.what == "Certificate.spec.privateKey.rotationPolicy"
    assert caught.value.why == "invalid enum value 'Allways'"
    assert caught.value.fix == "write 'Always'"


def test_a_value_far_from_an_enum_in_a_list_names_them_all() -> None:
    source = fluxcd.AlertSpecEventSources(kind="Zebra", name="*")  # type: ignore[arg-type]
    provider = fluxcd.AlertSpecProviderRef(name="a")
    spec = fluxcd.AlertSpec(provider_ref=provider, event_sources=[source])
    with pytest.raises(InvalidBody) as caught:
        fluxcd.Alert(web(), "a", spec=spec)
    assert caught.value.what == "Alert.spec.eventSources[0].kind"
    assert "HelmRelease" in (caught.value.fix or "")


def test_metadata_must_be_object_meta() -> None:
    spec = k8s.PodSpec(containers=[])
    with pytest.raises(InvalidBody, match="is a PodSpec, not an ObjectMeta"):
        k8s.Pod(web(), "pod", metadata=spec, spec=spec)  # type: ignore[arg-type]


def test_a_cluster_scoped_kind_takes_no_namespace() -> None:
    metadata = k8s.ObjectMeta(namespace="web")
    with pytest.raises(InvalidName, match="is cluster-scoped"):
        k8s.PriorityClass(web(), "high", metadata=metadata, value=10)


@pytest.mark.parametrize("name", ["a/b", "..", "Upper", "x" * 300, "", "a b", "-a", "a_b"])
def test_a_name_that_kubernetes_refuses_is_refused(name: str) -> None:
    component = web()
    with pytest.raises(InvalidName):
        k8s.ConfigMap(component, "settings", metadata=k8s.ObjectMeta(name=name))


@pytest.mark.parametrize("name", ["a/b", "..", "Upper", "x" * 300, "x" * 64, ""])
def test_a_component_name_that_would_leave_its_folder_is_refused(name: str) -> None:
    cluster = new_cluster()
    with pytest.raises(InvalidName):
        new_component(cluster, name, namespace=Namespace("web", pod_security="restricted"))


def test_a_path_segment_name_is_fine_for_rbac_only() -> None:
    made = k8s.ClusterRole(web(), "reader", metadata=k8s.ObjectMeta(name="system:reader"))
    assert made.name == "system:reader"
    with pytest.raises(InvalidName):
        k8s.ClusterRole(web(), "reader", metadata=k8s.ObjectMeta(name="system/reader"))


def test_a_name_of_253_characters_has_a_file_name_that_fits() -> None:
    cluster = new_cluster()
    name = ".".join(["x" * 63] * 3 + ["y" * 61])
    k8s.ConfigMap(new_component(cluster), "long", metadata=k8s.ObjectMeta(name=name))
    assert max(len(path.rpartition("/")[2]) for path in files(cluster)) <= 210


def test_two_objects_of_one_identity_name_both_lines() -> None:
    cluster = new_cluster()
    one, two = new_component(cluster, "one"), new_component(cluster, "two")
    k8s.ConfigMap(one, "settings", metadata=k8s.ObjectMeta(namespace="shared"))
    k8s.ConfigMap(two, "settings", metadata=k8s.ObjectMeta(namespace="shared"))
    with pytest.raises(DuplicateObject) as caught:
        files(cluster)
    assert caught.value.what == "ConfigMap shared/settings"
    assert "c1/two/settings" in caught.value.where
    assert "c1/one/settings" in caught.value.why
    assert f"{caught.value}".count("test_resource.py:") == 2


def test_one_name_in_two_namespaces_and_one_kind_in_two_groups_are_four_files() -> None:
    cluster = new_cluster(groups=("a.example.com", "b.example.com"))
    component = new_component(cluster)
    for number, (group, namespace) in enumerate(
        (group, namespace) for group in "ab" for namespace in ("n1", "n2")
    ):
        manifest: JsonObject = {
            "apiVersion": f"{group}.example.com/v1",
            "kind": "Thing",
            "metadata": {"name": "same", "namespace": namespace},
        }
        RawResource(component, f"raw{number}", manifest)
    names = [path.rpartition("/")[2] for path in files(cluster) if "same-thing" in path]
    assert sorted(names) == [
        "same-thing-n1-a.example.com.yaml",
        "same-thing-n1-b.example.com.yaml",
        "same-thing-n2-a.example.com.yaml",
        "same-thing-n2-b.example.com.yaml",
    ]


def test_two_ids_in_one_scope_name_both_lines() -> None:
    component = web()
    config_map(component)
    with pytest.raises(DuplicateObject, match="has one already, created at"):
        config_map(component)


def test_two_components_of_one_name_name_both_lines() -> None:
    cluster = new_cluster()
    new_component(cluster, "web")
    with pytest.raises(DuplicateObject, match="id 'web': c1 has one already"):
        new_component(cluster, "web")


def test_an_object_outside_of_a_component_is_refused() -> None:
    with pytest.raises(InvalidReference, match="is not in a Component"):
        k8s.ConfigMap(new_cluster(), "settings")


def test_an_object_without_a_namespace_is_refused() -> None:
    component = Component(new_cluster(), "bare", layer="apps")
    with pytest.raises(InvalidReference, match="component 'bare' has none"):
        config_map(component)


def test_an_untyped_object_keeps_every_field() -> None:
    cluster = new_cluster(groups=("example.com",))
    spec: JsonObject = {"a": [1, None, "x"], "b": {}}
    body: JsonObject = {"apiVersion": "example.com/v1", "kind": "Thing", "spec": spec}
    RawResource(new_component(cluster), "thing", body)
    assert manifest(cluster, "apps/web/thing-thing.yaml") == {
        **body,
        "metadata": {"name": "thing", "namespace": "web"},
    }


@pytest.mark.parametrize("missing", ["apiVersion", "kind"])
def test_an_untyped_object_needs_its_type(missing: str) -> None:
    body = {"apiVersion": "example.com/v1", "kind": "Thing"}
    del body[missing]
    with pytest.raises(InvalidBody, match="needs apiVersion and kind"):
        RawResource(web(), "thing", body)


def test_an_explicit_null_is_written_and_none_is_left_out() -> None:
    made = RawResource(
        web(), "thing", {"apiVersion": "example.com/v1", "kind": "Thing", "spec": {"gone": None}}
    )
    assert made.body["spec"] == {"gone": None}
    assert repr(NULL) == "NULL"


def test_mutating_what_was_passed_changes_nothing() -> None:
    data = {"key": "before"}
    made = k8s.ConfigMap(web(), "settings", data=data)
    data["key"] = "after"
    assert made.body["data"] == {"key": "before"}


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("v1", "Namespace"),
        ("storage.k8s.io/v1", "StorageClass"),
        ("cert-manager.io/v1", "ClusterIssuer"),
    ],
)
def test_an_untyped_object_of_a_known_cluster_scoped_kind_gets_no_namespace(
    api_version: str, kind: str
) -> None:
    made = RawResource(web(), "x", {"apiVersion": api_version, "kind": kind})
    assert made.body["metadata"] == {"name": "x"}
