"""Edits of objects that only a remote base has do not keep the rest from being built."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from kubestrata.rules.subject import ClusterTree
from tests.gitops.repository import config_map, repository, unit

LIST, UNITS = "apps/kustomization.yaml", "clusters/home/apps.yaml"
REMOTE = "https://git.example.com/example-org/bases//shop?ref=v1"
OTHER = "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s, namespace: shop}, data: {b: c}}"


def _tree(top: Path, edits: str, more: str = "") -> ClusterTree:
    files = {
        LIST: f"resources: [a.yaml, '{REMOTE}']\nnamePrefix: my-\n{edits}",
        "apps/a.yaml": config_map("a"),
        "apps/patch.yaml": f"{OTHER % 'x'}\n---\n{OTHER % 'a'}\n",
        UNITS: unit("apps", more),
    }
    (tree,) = from_folder(repository(top, files))
    return tree


@pytest.mark.parametrize(
    "edits",
    [
        f"patches: [{{patch: '{OTHER % 'x'}'}}]\n",
        "patches: [{path: patch.yaml}]\n",
        f"patchesStrategicMerge: ['{OTHER % 'x'}', patch.yaml]\n",
        "patches: [{target: {kind: ConfigMap, name: x}, path: p.yaml}]\n",
        "patchesJson6902: [{target: {version: v1, kind: ConfigMap, name: x}, path: p.yaml}]\n",
        "replicas: [{name: x, count: 2}]\n",
        "replacements: [{source: {kind: ConfigMap, name: x}, targets: [{select: {name: a}}]}]\n",
        "vars: [{name: X, objref: {apiVersion: v1, kind: ConfigMap, name: x}}]\n",
        "configMapGenerator: [{name: x, namespace: shop, behavior: merge, literals: [a=b]}]\n",
        "secretGenerator: [{name: x, namespace: shop, behavior: replace, literals: [a=b]}]\n",
    ],
)
def test_an_edit_of_a_remote_object_leaves_the_rest_as_it_is(tmp_path: Path, edits: str) -> None:
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps/p.yaml").write_text('[{"op": "remove", "path": "/data"}]\n')
    tree = _tree(tmp_path, edits)
    assert [each.why for each in tree.unchecked] == ["is in another repository"]
    assert (tree.faults, tree.listed) == ([], [])
    names = [each.identity.name for each in tree.subjects if each.identity.kind == "ConfigMap"]
    assert names == ["my-a"]


def test_patches_of_a_flux_kustomization_may_be_for_remote_objects(tmp_path: Path) -> None:
    tree = _tree(
        tmp_path, "", f"  patches: [{{patch: '{OTHER % 'x'}'}}, {{patch: '{OTHER % 'my-a'}'}}]\n"
    )
    assert [each.why for each in tree.unchecked] == ["is in another repository"]
    (made,) = (each for each in tree.subjects if each.identity.kind == "ConfigMap")
    assert made.manifest["data"] == {"b": "c"}


def test_the_documents_of_a_patch_that_are_for_known_objects_are_applied(tmp_path: Path) -> None:
    tree = _tree(tmp_path, "patches: [{path: patch.yaml}]\n")
    (made,) = (each for each in tree.subjects if each.identity.kind == "ConfigMap")
    assert made.manifest["data"] == {"b": "c"}


def test_a_folder_that_is_listed_as_a_file_is_one_error(tmp_path: Path) -> None:
    files = {
        LIST: "resources: [a.yaml]\nconfigMapGenerator: [{name: c, files: [folder]}]\n",
        "apps/a.yaml": config_map("a"),
        "apps/folder/file": "",
        UNITS: unit("apps"),
    }
    (tree,) = from_folder(repository(tmp_path, files))
    assert [(each.place.line, each.message) for each in tree.faults] == [
        (2, "configMapGenerator[0].files[0]: folder is a folder")
    ]
    assert (tree.listed, tree.unchecked) == ([], [])


TARGETED = "patches: [{target: {kind: %s, name: %s}, patch: '[]'}]\n"


@pytest.mark.parametrize(
    ("kind", "name", "problems"),
    [
        ("ConfigMap", "a", []),
        ("ConfigMap", "made", []),
        ("Secret", "hidden", []),
        ("ConfigMap", "hidden", ["unmatched"]),
        ("ConfigMap", "maid", ["unmatched"]),
        ("Secret", "made", ["unmatched"]),
    ],
)
@pytest.mark.parametrize("here", ["apps", "other"])
def test_patches_beside_generators_are_compared_with_what_these_make(
    tmp_path: Path, kind: str, name: str, problems: list[str], here: str
) -> None:
    generators = (
        "configMapGenerator: [{name: made, literals: [a=b]}]\n"
        "secretGenerator: [{name: hidden, literals: [a=b]}]\n"
    )
    patch = TARGETED.replace("[]", '[{"op": "add", "path": "/metadata/labels", "value": {}}]')
    files = {
        LIST: "resources: [a.yaml]\n",
        "apps/a.yaml": config_map("a"),
        "other/a.yaml": config_map("a"),
        f"{here}/kustomization.yaml": f"resources: [a.yaml]\n{generators}{patch % (kind, name)}",
        UNITS: unit("apps"),
    }
    (tree,) = from_folder(repository(tmp_path, files))
    listed = tree.listed if here == "apps" else tree.unreached
    assert tree.faults == []
    assert [each.problem for each in listed] == problems


@pytest.mark.parametrize(
    "more",
    [
        "kind: Component\n",
        "namePrefix: my-\n",
        f"components: ['{REMOTE}']\n",
        "transformers: [b.yaml]\n",
        "generators: [b.yaml]\n",
    ],
)
def test_targets_that_may_be_elsewhere_are_not_missed_in_unreached_lists(
    tmp_path: Path, more: str
) -> None:
    files = {
        "apps/a.yaml": config_map("a"),
        "other/a.yaml": config_map("a"),
        "other/b.yaml": "",
        "other/kustomization.yaml": f"resources: [a.yaml]\n{more}{TARGETED % ('ConfigMap', 'b')}",
        UNITS: unit("apps"),
    }
    (tree,) = from_folder(repository(tmp_path, files))
    assert tree.unreached == []
