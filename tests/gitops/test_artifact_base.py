"""The folder of an OCI artifact follows from the paths of its Kustomizations."""

from __future__ import annotations

from pathlib import Path

from kubestrata.gitops import from_folder
from kubestrata.rules.subject import ClusterTree
from tests.gitops.repository import config_map, repository, unit

OCI = """apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: infra, namespace: flux-system}
spec: {url: 'oci://registry.example.com/infra', interval: 1m}
"""
INSTANCE = """apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
metadata: {name: flux, namespace: flux-system}
spec:
  distribution: {version: 2.x, registry: ghcr.io/fluxcd}
  sync: {kind: OCIRepository, url: 'oci://registry.example.com/home', ref: latest, path: ./}
"""


def of_artifact(name: str, path: str) -> str:
    text = unit(name, source="infra").replace("GitRepository", "OCIRepository")
    return text.replace(f"path: ./{name}", f"path: {path}")


def maps(tree: ClusterTree) -> list[str]:
    return sorted(each.identity.name for each in tree.of_kind("", "ConfigMap"))


def test_paths_that_one_folder_has_are_followed(tmp_path: Path) -> None:
    files = {
        "clusters/home/oci.yaml": OCI,
        "clusters/home/a.yaml": of_artifact("a", "./controllers/a"),
        "clusters/home/b.yaml": of_artifact("b", "configs"),
        "infra/controllers/a/a.yaml": config_map("a"),
        "infra/configs/b.yaml": config_map("b"),
        "other/configs/c.yaml": config_map("c"),
    }
    (tree,) = from_folder(repository(tmp_path, files))
    assert (maps(tree), tree.unchecked) == (["a", "b"], [])


def test_paths_that_several_folders_or_the_root_have_are_not_followed(tmp_path: Path) -> None:
    files = {
        "clusters/home/oci.yaml": OCI,
        "clusters/home/a.yaml": of_artifact("a", "./controllers/a"),
        "one/controllers/a/a.yaml": config_map("a"),
        "two/controllers/a/a.yaml": config_map("a"),
    }
    (tree,) = from_folder(repository(tmp_path, files))
    assert maps(tree) == []
    assert [each.why for each in tree.unchecked] == ["is in another repository"]


def test_the_root_of_an_instance_is_the_folder_of_its_cluster(tmp_path: Path) -> None:
    for path, text in {
        "clusters/home/flux-system/instance.yaml": INSTANCE,
        "clusters/home/a.yaml": config_map("a"),
        "docs/notes.yaml": "- no object\n",
        "elsewhere/b.yaml": config_map("b"),
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tree,) = from_folder(tmp_path)
    assert (tree.name, maps(tree), tree.faults) == ("home", ["a"], [])
