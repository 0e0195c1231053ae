"""The post-renderers of a HelmRelease change what its chart makes, but neither hooks nor CRDs."""

from __future__ import annotations

from pathlib import Path

from kubestrata.rules.subject import ClusterTree
from tests.gitops.chart_repository import (
    CONFIG,
    WORKLOAD,
    chart,
    charts_tree,
    made_by_charts,
    manifest,
    release,
)

HOOK = """apiVersion: batch/v1
kind: Job
metadata: {name: setup, annotations: {helm.sh/hook: pre-install}}
"""


def post_rendered(top: Path, *kustomize: str, more: str = "") -> ClusterTree:
    chart(
        top,
        {
            "templates/workload.yaml": WORKLOAD,
            "templates/config.yaml": CONFIG,
            "templates/setup.yaml": HOOK,
        },
    )
    renderers = "".join(f"  - kustomize:\n{each}" for each in kustomize)
    return charts_tree(top, release(f"  postRenderers:\n{renderers}{more}"))


def patch(text: str, target: str = "") -> str:
    body = "".join(f"          {line}\n" for line in text.splitlines())
    targeted = f"        target: {target}\n" if target else ""
    return f"      patches:\n      - patch: |\n{body}{targeted}"


REPLICAS = '[{"op": "add", "path": "/spec/replicas", "value": 3}]'


def test_patches_change_objects_which_keep_their_templates(tmp_path: Path) -> None:
    tree = post_rendered(tmp_path, patch(REPLICAS, "{kind: Deployment}"))
    (workload,) = tree.of_kind("apps", "Deployment")
    assert workload.spec["replicas"] == 3
    assert "annotations" not in workload.manifest["metadata"]
    templates = {each.identity.kind: each.chart.template for each in tree.subjects if each.chart}
    assert templates == {
        "Deployment": "web/templates/workload.yaml",
        "Service": "web/templates/workload.yaml",
        "ConfigMap": "web/templates/config.yaml",
        "Job": "web/templates/setup.yaml",
    }


def test_a_patch_may_remove_an_object(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n$patch: delete"
    tree = post_rendered(tmp_path, patch(text))
    assert made_by_charts(tree) == [
        "ConfigMap shop/web",
        "Deployment.apps shop/web",
        "Job.batch shop/setup",
    ]


def test_images_are_replaced(tmp_path: Path) -> None:
    images = (
        "      images: [{name: example.org/web, newName: mirror.example.org/web, newTag: v2}]\n"
    )
    (workload,) = post_rendered(tmp_path, images).of_kind("apps", "Deployment")
    (container,) = workload.spec["template"]["spec"]["containers"]
    assert container["image"] == "mirror.example.org/web:v2"


def test_post_renderers_follow_each_other(tmp_path: Path) -> None:
    tested = '{"op": "test", "path": "/spec/replicas", "value": 3}'
    second = f'[{tested}, {{"op": "replace", "path": "/spec/replicas", "value": 4}}]'
    target = "{kind: Deployment}"
    tree = post_rendered(tmp_path, patch(REPLICAS, target), patch(second, target))
    assert manifest(tree, "Deployment.apps shop/web")["spec"]["replicas"] == 4


def test_a_target_that_matches_nothing_changes_nothing(tmp_path: Path) -> None:
    tree = post_rendered(tmp_path, patch(REPLICAS, "{kind: StatefulSet}"))
    assert not tree.charts.refused
    assert "replicas" not in manifest(tree, "Deployment.apps shop/web")["spec"]


def test_a_patch_of_a_missing_object_is_refused(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: gone}\nstringData: {password: hunter2}"
    tree = post_rendered(tmp_path, patch(text))
    (finding,) = tree.charts.refused
    assert (finding.object.name, finding.path) == ("web", "spec.postRenderers")
    assert "gone" in finding.message
    assert "hunter2" not in finding.message
    assert not made_by_charts(tree)
    assert not tree.charts.rendered


def test_hooks_are_not_patched(tmp_path: Path) -> None:
    add = '[{"op": "add", "path": "/metadata/labels", "value": {"team": "shop"}}]'
    tree = post_rendered(tmp_path, patch(add, "{name: .*}"))
    assert manifest(tree, "ConfigMap shop/web")["metadata"]["labels"] == {"team": "shop"}
    assert "labels" not in manifest(tree, "Job.batch shop/setup")["metadata"]


def test_common_metadata_is_added_after_the_post_renderers(tmp_path: Path) -> None:
    common = "  commonMetadata: {labels: {team: shop, app: own}, annotations: {owner: shop}}\n"
    add = '[{"op": "add", "path": "/metadata/labels", "value": {"team": "other"}}]'
    tree = post_rendered(tmp_path, patch(add, "{kind: ConfigMap}"), more=common)
    for identity in ("ConfigMap shop/web", "Service shop/web"):
        metadata = manifest(tree, identity)["metadata"]
        assert metadata["labels"] == {"team": "shop", "app": "own"}
        assert metadata["annotations"] == {"owner": "shop"}
    assert "labels" not in manifest(tree, "Job.batch shop/setup")["metadata"]
    template = manifest(tree, "Deployment.apps shop/web")["spec"]["template"]["metadata"]
    assert template["labels"] == {"app": "web"}


def test_a_kustomize_without_changes_changes_nothing(tmp_path: Path) -> None:
    tree = post_rendered(tmp_path, "      {}\n")
    assert len(made_by_charts(tree)) == 4
    assert not tree.charts.refused
