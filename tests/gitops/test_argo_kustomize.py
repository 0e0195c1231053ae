from __future__ import annotations

from pathlib import Path

from kubestrata.core.json_value import Manifest
from kubestrata.gitops import from_folder
from tests.gitops.argo import application, applied, config_map, told, written

DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'example.com/web:1'}]}
"""


def _tree(top: Path, kustomize: str, kustomization: str = "", **more: str) -> Path:
    files = {
        "argocd/web.yaml": application("web", f"path: web, kustomize: {{{kustomize}}}"),
        "web/kustomization.yaml": f"resources: [a.yaml]\n{kustomization}",
        "web/a.yaml": DEPLOYMENT,
    }
    return written(top, {**files, **more})


def _object(top: Path) -> Manifest:
    (tree,) = from_folder(top)
    (found,) = (each.manifest for each in tree.subjects if each.identity.kind == "Deployment")
    return found


def test_one_base_may_be_applied_twice_with_different_prefixes(tmp_path: Path) -> None:
    patch = "patches: [{target: {kind: ConfigMap, name: a}, patch: '%s'}]"
    replace = '[{"op": "replace", "path": "/data/x", "value": "2"}]'
    more = patch % replace
    files = {
        "argocd/blue.yaml": application("blue", "path: web, kustomize: {namePrefix: blue-}"),
        "argocd/green.yaml": application(
            "green", f"path: web, kustomize: {{namePrefix: green-, {more}}}"
        ),
        "web/kustomization.yaml": "resources: [a.yaml]\n",
        "web/a.yaml": config_map("a", "data: {x: '1'}\n"),
    }
    written(tmp_path, files)
    (tree,) = from_folder(tmp_path)
    data = {each.identity.name: each.manifest.get("data") for each in tree.of_kind("", "ConfigMap")}
    assert data == {"blue-a": {"x": "1"}, "green-a": {"x": "2"}}
    assert told(tmp_path) == []


def test_settings_override_those_of_the_folder(tmp_path: Path) -> None:
    settings = "namePrefix: new-, nameSuffix: -b, namespace: other"
    _tree(tmp_path, settings, "namePrefix: old-\nnamespace: old\n")
    assert applied(tmp_path) == {tmp_path.name: ["Deployment.apps other/new-web-b"]}


def test_images_and_replicas_are_set_by_name(tmp_path: Path) -> None:
    images = (
        "images: ['example.com/web=mirror.example.com/web:2'], replicas: [{name: web, count: 3}]"
    )
    old = "images: [{name: example.com/web, newTag: old}]\n"
    _tree(tmp_path, images, old)
    spec = _object(tmp_path)["spec"]
    assert spec["replicas"] == 3
    assert spec["template"]["spec"]["containers"][0]["image"] == "mirror.example.com/web:2"
    _tree(tmp_path, "images: ['example.com/web:3@sha256:1234']", old)
    image = _object(tmp_path)["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == "example.com/web:3@sha256:1234"


def test_common_labels_reach_selectors_unless_they_must_not(tmp_path: Path) -> None:
    _tree(tmp_path, "commonLabels: {team: a}, commonAnnotations: {note: b}")
    made = _object(tmp_path)
    assert made["metadata"]["annotations"] == {"note": "b"}
    assert made["spec"]["selector"]["matchLabels"] == {"app": "web", "team": "a"}
    _tree(tmp_path, "commonLabels: {team: a}, labelWithoutSelector: true")
    made = _object(tmp_path)
    assert made["metadata"]["labels"] == {"team": "a"}
    assert made["spec"]["selector"]["matchLabels"] == {"app": "web"}


def test_components_are_added(tmp_path: Path) -> None:
    component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
    files = {"parts/kustomization.yaml": f"{component}namePrefix: part-\n"}
    written(tmp_path, files)
    _tree(tmp_path, "components: [../parts]")
    assert applied(tmp_path) == {tmp_path.name: ["Deployment.apps shop/part-web"]}


def test_a_missing_component_is_reported_unless_it_may_be_missing(tmp_path: Path) -> None:
    _tree(tmp_path, "components: [../gone]")
    at = "Application.argoproj.io argocd/web spec.source.kustomize.components[0]"
    assert told(tmp_path) == [f"G08 {at}: there is no ../gone"]
    _tree(tmp_path, "components: [../gone], ignoreMissingComponents: true")
    assert told(tmp_path) == []


def test_a_patch_without_a_target_is_reported_at_the_application(tmp_path: Path) -> None:
    patch = "patches: [{target: {kind: Service}, patch: '[]'}]"
    _tree(tmp_path, patch)
    at = "Application.argoproj.io argocd/web spec.source.kustomize.patches[0].target"
    assert told(tmp_path) == [f"G13 {at}: the patch matches no object with kind Service"]


def test_a_patch_may_be_a_file_of_the_folder(tmp_path: Path) -> None:
    patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 5}\n"
    files = {"web/p.yaml": patch}
    _tree(tmp_path, "patches: [{path: p.yaml}]", **files)
    assert _object(tmp_path)["spec"]["replicas"] == 5
    assert told(tmp_path) == []
