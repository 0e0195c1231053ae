"""The YAML of a vendor as objects of a component, with changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion

from kubeapis import k8s
from kubestrata import Component, Image, JsonObject, Namespace, RawResource, TypedPatch
from kubestrata.constructs import CiliumNetwork, Flow, Manifests, ObjectSelector, Patch, PatchStep
from kubestrata.core.errors import (
    DuplicateObject,
    GraphError,
    ImportSourceError,
    InvalidReference,
    InvalidValue,
    KubestrataError,
    YamlSyntaxError,
)
from kubestrata.core.manifest_store import LOCK_FILE, digest_of, lock_text
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import new_cluster, new_component, order

INSTALL = Path(__file__).with_name("install.yaml")
QUEUE: JsonObject = {
    "apiVersion": "messages.example.com/v1",
    "kind": "Queue",
    "metadata": {"name": "a"},
}
OPERATOR = "registry.example.com/queues/operator"
MIRRORED = Image("mirror.example.com/queues/operator:v1.4.1")
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n"


def on_host(spec: k8s.PodSpec) -> k8s.PodSpec:
    return replace(spec, host_users=False)


def limited(container: k8s.Container) -> k8s.Container:
    return replace(container, resources=k8s.ResourceRequirements(limits={"memory": "256Mi"}))


def home() -> Component:
    return new_component(new_cluster(), "queues")


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "install.yaml"
    path.write_text(text)
    return path


def deployment(component: Component) -> dict[str, Any]:
    (found,) = objects(component, "Deployment")
    spec: dict[str, Any] = found["spec"]
    return spec


def test_manifests_minimal(manifests: SnapshotAssertion) -> None:
    component = home()
    Manifests(component, "operator", INSTALL)
    assert rendered(component) == manifests
    assert faults(component) == []


def test_manifests_full(manifests: SnapshotAssertion) -> None:
    component = home()
    Manifests(
        component,
        "operator",
        INSTALL,
        namespace=component.home_namespace,
        patches=[
            TypedPatch(k8s.PodSpec, on_host),
            TypedPatch(k8s.Container, limited),
            Patch.merge(
                "apps/v1",
                "Deployment",
                {
                    "spec": {
                        "template": {
                            "spec": {
                                "containers": [
                                    {"name": "manager", "env": [{"name": "ZONE", "value": "a"}]},
                                    {"name": "proxy", "$patch": "delete"},
                                ]
                            }
                        }
                    }
                },
            ),
            Patch.steps(
                "apps/v1",
                "Deployment",
                [PatchStep("replace", "/spec/replicas", 2)],
                name="queue-.*",
            ),
        ],
        images={OPERATOR: MIRRORED},
        drop=[ObjectSelector("Secret", "queue-webhook")],
    )
    assert rendered(component) == manifests
    assert faults(component) == []


def test_objects_keep_the_line_of_the_file_and_that_of_the_program() -> None:
    made = Manifests(home(), "operator", INSTALL)
    crd = made.reference("CustomResourceDefinition", "queues.messages.example.com")
    assert crd.resource is not None
    origin = crd.resource.origin
    assert (origin.file, origin.line) == (str(INSTALL), 7)
    assert origin.called_from is not None
    assert origin.called_from.file == __file__
    assert origin.path.startswith("c1/queues/operator")


def test_custom_resources_of_other_components_wait_for_the_definitions() -> None:
    cluster = new_cluster()
    Manifests(new_component(cluster, "queues"), "operator", INSTALL)
    RawResource(new_component(cluster, "shop"), "queue", {**QUEUE, "spec": {"partitions": 1}})
    assert order(cluster)["shop"] == ["queues"]


def test_custom_resources_without_definitions_are_refused() -> None:
    cluster = new_cluster()
    crds = [ObjectSelector("CustomResourceDefinition")]
    Manifests(new_component(cluster, "queues"), "operator", INSTALL, drop=crds)
    RawResource(new_component(cluster, "shop"), "queue", QUEUE)
    with pytest.raises(GraphError, match=r"nothing in cluster c1 installs the CRDs"):
        order(cluster)


def test_a_move_changes_the_names_that_refer_to_moved_objects() -> None:
    component = home()
    Manifests(component, "operator", INSTALL, namespace=component.home_namespace)
    assert [each["metadata"]["name"] for each in objects(component, "Namespace")] == ["queues"]
    (binding,) = objects(component, "ClusterRoleBinding")
    assert binding["subjects"][0]["namespace"] == "queues"
    (webhook,) = objects(component, "ValidatingWebhookConfiguration")
    assert webhook["webhooks"][0]["clientConfig"]["service"]["namespace"] == "queues"
    inject = webhook["metadata"]["annotations"]["cert-manager.io/inject-ca-from"]
    assert inject == "queues/queue-webhook"
    (crd,) = objects(component, "CustomResourceDefinition")
    client = crd["spec"]["conversion"]["webhook"]["clientConfig"]
    assert client["service"]["namespace"] == "queues"
    (settings,) = objects(component, "ConfigMap")
    assert settings["data"]["webhook"] == "https://queue-webhook.queues.svc:443/validate"


def test_a_binding_to_a_role_of_the_cluster_stays_in_its_namespace() -> None:
    component = home()
    Manifests(component, "operator", INSTALL, namespace=component.home_namespace)
    (binding,) = objects(component, "RoleBinding")
    assert binding["metadata"]["namespace"] == "kube-system"
    assert binding["subjects"][0]["namespace"] == "queues"


def test_a_move_waits_for_the_namespace_of_another_component() -> None:
    cluster = new_cluster()
    shared = new_component(cluster, "shared")
    component = Component(cluster, "queues", layer="apps", namespace=shared.home_namespace)
    Manifests(component, "operator", INSTALL, namespace=shared.home_namespace)
    assert order(cluster)["queues"] == ["shared"]


def test_a_typed_patch_writes_only_what_it_changes(tmp_path: Path) -> None:
    text = INSTALL.read_text().replace("replicas: 1", "replicas: 1\n  newField: kept")
    component = home()
    patch = TypedPatch(k8s.PodSpec, on_host)
    Manifests(component, "operator", written(tmp_path, text), patches=[patch])
    spec = deployment(component)
    assert spec["newField"] == "kept"
    pod = spec["template"]["spec"]
    assert pod["hostUsers"] is False
    assert [each["name"] for each in pod["containers"]] == ["manager", "proxy"]


def test_a_typed_patch_of_metadata_reaches_objects_and_templates() -> None:
    def labelled(metadata: k8s.ObjectMeta) -> k8s.ObjectMeta:
        return replace(metadata, labels={**(metadata.labels or {}), "team": "queues"})

    component = home()
    Manifests(component, "operator", INSTALL, patches=[TypedPatch(k8s.ObjectMeta, labelled)])
    (crd,) = objects(component, "CustomResourceDefinition")
    assert crd["metadata"]["labels"] == {"team": "queues"}
    labels = deployment(component)["template"]["metadata"]["labels"]
    assert labels == {"app": "queue-operator", "team": "queues"}


def test_a_typed_patch_may_not_rename() -> None:
    patch = TypedPatch(k8s.ObjectMeta, lambda metadata: replace(metadata, name="other"))
    with pytest.raises(InvalidValue, match=r"TypedPatch\(ObjectMeta\): changes the kind, the name"):
        Manifests(home(), "operator", INSTALL, patches=[patch])


def test_a_typed_patch_of_a_part_that_does_not_fit_its_type_is_refused(tmp_path: Path) -> None:
    text = INSTALL.read_text().replace("serviceAccountName: queue-operator", "hostUsers: 'no'")
    patch = TypedPatch(k8s.PodSpec, on_host)
    with pytest.raises(InvalidValue, match=r"does not fit PodSpec: .*\n  fix: use Patch.merge"):
        Manifests(home(), "operator", written(tmp_path, text), patches=[patch])


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (
            {"kind": "StatefulSet"},
            "has kind 'StatefulSet' in its body, which a patch cannot change",
        ),
        ({"apiVersion": "v1"}, "has apiVersion 'v1' in its body, which a patch"),
        ({"metadata": {"name": "other"}}, "has metadata.name in its body"),
        ({"metadata": {"namespace": "other"}}, "has metadata.namespace in its body"),
    ],
)
def test_a_merge_with_another_identity_is_refused(body: JsonObject, why: str) -> None:
    with pytest.raises(InvalidValue, match=f"patch of Deployment operator: {why}"):
        Patch.merge("apps/v1", "Deployment", body, "operator")


def test_a_merge_may_repeat_its_own_identity() -> None:
    body: JsonObject = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "operator"},
        "spec": {"paused": True},
    }
    assert Patch.merge("apps/v1", "Deployment", body, "operator").body == body


def test_a_link_out_of_the_project_is_refused(project: Path, tmp_path_factory: Any) -> None:
    outside = written(tmp_path_factory.mktemp("outside"), CONFIG)
    (project / "link.yaml").symlink_to(outside)
    with pytest.raises(InvalidValue, match="is a link to a file outside of the folder"):
        Manifests(home(), "operator", project / "link.yaml")


def test_references_in_patches_order_the_component() -> None:
    cluster = new_cluster()
    settings = k8s.ConfigMap(new_component(cluster, "base"), "settings", data={"a": "b"})
    body = {"metadata": {"annotations": {"settings": settings.name}}}
    component = new_component(cluster, "queues")
    patch = Patch.merge("apps/v1", "Deployment", body)
    Manifests(component, "operator", INSTALL, patches=[patch])
    assert order(cluster)["queues"] == ["base"]


def test_an_image_with_a_digest_and_a_port_is_found_by_its_name(tmp_path: Path) -> None:
    digest = f"@sha256:{'a' * 64}"
    text = INSTALL.read_text().replace(f"{OPERATOR}:v1.4.0", f"registry:5000/operator:v1{digest}")
    component = home()
    images = {"registry:5000/operator": MIRRORED}
    Manifests(component, "operator", written(tmp_path, text), images=images)
    assert deployment(component)["template"]["spec"]["containers"][0]["image"] == MIRRORED


def test_references_to_objects_services_and_pods() -> None:
    component = new_component(new_cluster(groups=("cilium.io",), offers=[CiliumNetwork()]))
    made = Manifests(component, "operator", INSTALL)
    address = made.service("queue-webhook", 443).url(scheme="https")
    assert address == "https://queue-webhook.queue-system.svc.cluster.local:443"
    made.endpoint("queue-operator", 9443).allow(Flow.to_kubernetes_api(), policy="queue-operator")
    (policy,) = [
        each
        for each in objects(component, "CiliumNetworkPolicy")
        if each["metadata"]["name"] == "queue-operator"
    ]
    assert policy["spec"]["endpointSelector"]["matchLabels"]["app"] == "queue-operator"
    selected = made.select(ObjectSelector("ConfigMap", "queue-.*"))
    assert [each.object_name for each in selected] == ["queue-settings"]


def test_objects_of_lists_and_folders_are_read(tmp_path: Path) -> None:
    items = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, "
    (tmp_path / "a.yaml").write_text(f"{items}metadata: {{name: b}}}}\n")
    (tmp_path / "b.json").write_text(
        '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}'
    )
    (tmp_path / "README.md").write_text("not YAML: [")
    made = Manifests(home(), "all", tmp_path)
    assert [each.identity.name for each in made.resources] == ["b", "c"]
    assert {each.identity.namespace for each in made.resources} == {"queues"}


def test_a_namespace_of_a_cluster_scoped_object_is_ignored(tmp_path: Path) -> None:
    role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n"
    text = f"{role}metadata: {{name: a, namespace: b}}\nrules: []\n"
    made = Manifests(home(), "all", written(tmp_path, text))
    assert made.resources[0].body["metadata"] == {"name": "a"}


Arguments = dict[str, Any]
TYPED: TypedPatch[Any] = TypedPatch(k8s.IngressSpec, lambda spec: spec)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"images": {"registry.example.com/queues/operater": MIRRORED}}, "is the image of no"),
        ({"images": {f"{OPERATOR}:v1.4.0": MIRRORED}}, "without tag and digest"),
        ({"images": {OPERATOR: "text"}}, "where Image is expected"),
        ({"drop": [ObjectSelector("Deployment", "queue")]}, "name Deployment queue-operator"),
        ({"drop": [ObjectSelector("Deploymnt")]}, "name one of its kinds: Deployment"),
        ({"drop": ["Deployment"]}, "where ObjectSelector is expected"),
        (
            {"namespace": "queues"},
            r"fix: pass component\.home_namespace",
        ),
        ({"patches": [{}]}, "is a dict, where Patch or TypedPatch is expected"),
        ({"patches": [TYPED]}, r"TypedPatch\(IngressSpec\): matches nothing"),
        ({"patches": [Patch.merge("apps/v1", "StatefulSet", {})]}, "matches no object"),
        ({"patches": [Patch.merge("apps/v1beta1", "Deployment", {})]}, "write 'apps/v1', not"),
        (
            {"patches": [Patch.merge("apps/v1", "Deployment", {}, name="operator")]},
            "name Deployment queue-operator",
        ),
        (
            {"patches": [Patch.merge("apps/v1", "Deployment", {"$patch": "delete"})]},
            r"pass drop=\[ObjectSelector",
        ),
        (
            {"patches": [Patch.merge("apps/v1", "Deployment", {"spec": {"template": []}})]},
            r"does not fit Deployment.apps queue-system/queue-operator at .*install.yaml:78",
        ),
        (
            {
                "patches": [
                    Patch.steps("apps/v1", "Deployment", [PatchStep("remove", "/spec/paused")])
                ]
            },
            "nothing is at /spec/paused",
        ),
        (
            {
                "patches": [
                    Patch.steps(
                        "apps/v1", "Deployment", [PatchStep("replace", "/metadata/name", "b")]
                    )
                ]
            },
            "changes the kind, the name or the namespace",
        ),
    ],
)
def test_what_matches_nothing_is_refused_with_a_fix(arguments: Arguments, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        Manifests(home(), "operator", INSTALL, **arguments)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (f"{CONFIG}---\n{CONFIG}", DuplicateObject, r"is at .*:1 and again at .*:6"),
        ("kind: ConfigMap\nmetadata: {name: a}\n", InvalidValue, "must have apiVersion, kind"),
        ("- a\n", InvalidValue, "is not an object"),
        ("# nothing\n", InvalidValue, "contains no object"),
        (f"{CONFIG}---\na: [\n", YamlSyntaxError, r"install.yaml:7"),
        (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {token: hunter2}\n",
            InvalidValue,
            r"has token in plain text.*\n  fix: pass drop=\[ObjectSelector\('Secret', 'a'\)\]",
        ),
        (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nsops: {mac: x}\n",
            InvalidValue,
            "EncryptedSecret",
        ),
    ],
)
def test_an_unusable_file_is_refused(
    tmp_path: Path, text: str, error: type[KubestrataError], message: str
) -> None:
    with pytest.raises(error, match=message) as raised:
        Manifests(home(), "operator", written(tmp_path, text))
    assert "hunter2" not in str(raised.value)


def test_a_secret_with_values_may_be_dropped(tmp_path: Path) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {token: hunter2}\n"
    path = written(tmp_path, f"{CONFIG}---\n{secret}")
    made = Manifests(home(), "all", path, drop=[ObjectSelector("Secret", "a")])
    assert [each.identity.kind for each in made.resources] == ["ConfigMap"]


def test_objects_of_the_component_and_the_file_may_not_be_the_same() -> None:
    cluster = new_cluster()
    component = new_component(
        cluster, "queues", namespace=Namespace("queue-system", pod_security="baseline")
    )
    Manifests(component, "operator", INSTALL)
    with pytest.raises(DuplicateObject, match=r"Namespace queue-system: is created twice"):
        order(cluster)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda made: made.service("queue-webhok", 443), "name Service queue-webhook"),
        (lambda made: made.service("queue-webhook", 80), "has no port 80; it has 443"),
        (lambda made: made.endpoint("queue-operater"), "write 'queue-operator'"),
        (lambda made: made.select(ObjectSelector("Service", "a.*")), "selects no object"),
    ],
)
def test_a_wrong_name_is_refused_with_the_nearest(call: Any, message: str) -> None:
    made = Manifests(home(), "operator", INSTALL)
    with pytest.raises(InvalidReference, match=message):
        call(made)


URL = "https://vendor.example.com/v1.4.0/install.yaml"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "cdk8s.yaml").write_text("kubestrata: {charts: {store: store}}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_url_is_read_from_the_store_by_its_locked_digest(project: Path) -> None:
    data = INSTALL.read_bytes()
    (project / LOCK_FILE).write_text(lock_text({URL: digest_of(data)}))
    stored = project / "store" / "manifests" / f"{digest_of(data)[7:]}.yaml"
    stored.parent.mkdir(parents=True)
    stored.write_bytes(data)
    made = Manifests(home(), "operator", URL)
    assert len(made.resources) == 11
    assert made.resources[0].origin.file == URL
    stored.write_bytes(data + b"\n")
    with pytest.raises(ImportSourceError, match="is not in the store with its locked digest"):
        Manifests(home(), "operator", URL)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("source", "message"),
    [
        (URL, "fix: run `kubestrata import --manifests`"),
        ("http://vendor.example.com/a.yaml", "is not an https address"),
        ("https://user:word@vendor.example.com/a.yaml", "is not an https address without a login"),
        ("install.yaml", "pass a Path for a file of this repository"),
    ],
)
def test_a_url_that_is_not_at_hand_is_refused(source: str, message: str) -> None:
    with pytest.raises(KubestrataError, match=message) as refused:
        Manifests(home(), "operator", source)
    assert "word" not in str(refused.value)


def test_a_folder_of_kustomize_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: []\n")
    with pytest.raises(InvalidValue, match="pass the file that `kubectl kustomize` writes"):
        Manifests(home(), "operator", tmp_path)
