"""The committed tree: what main.py makes, and what kustomize, Flux and Argo CD accept."""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
import yaml

from kubeapis import fluxcd
from tests.kustomize import kustomize
from kubestrata.core.json_value import mapping
from kubestrata.synth.dist_writer import read_tree
from tests import main_platform

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"
CLUSTERS = sorted(folder.name for folder in DIST.iterdir() if folder.is_dir())
LISTING = "kustomization.yaml"
ENTRY = [path for path in sorted(DIST.glob("*/flux/*.yaml")) if path.stem != "kustomization"]
ORIGIN = "config.kubernetes.io/origin"
# Whoever runs Flux there makes the source and the Kustomization of the entry.
RUN_BY_OPERATOR = {"mycluster-0"}
KUSTOMIZATIONS = [path for path in ENTRY if path.stem.endswith("-kustomization")]
SPECS: dict[str, type[msgspec.Struct]] = {
    "GitRepository": fluxcd.GitRepositorySpec,
    "HelmRepository": fluxcd.HelmRepositorySpec,
    "Kustomization": fluxcd.KustomizationSpec,
    "OCIRepository": fluxcd.OCIRepositorySpec,
}


@cache
def load(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = yaml.load(path.read_text(), yaml.CSafeLoader)
    return value


def cluster_of(path: Path) -> str:
    return path.relative_to(DIST).parts[0]


def local_paths() -> list[str]:
    """The folders that the Flux Kustomizations of this repository's source build."""
    found = (load(path)["spec"] for path in KUSTOMIZATIONS)
    named = {spec["path"] for spec in found if spec["sourceRef"]["name"] == "flux-system"}
    # Where an operator makes the entry's own Kustomization, the tree has none.
    return sorted(named | {f"./{path.parent.relative_to(ROOT)}" for path in ENTRY})


def application_paths() -> list[str]:
    """The folders of this repository that the Applications build, of ApplicationSets too."""
    units = [each.subject for tree in main_platform.committed_trees().values() for each in tree.units.values()]
    found = [each.spec for each in units if each.identity.kind == "Application"]
    sources = [each for spec in found for each in spec.get("sources", [spec.get("source")])]
    own = {
        load(path)["spec"]["source"]["repoURL"]
        for path in DIST.glob("*/argocd/*-root-application.yaml")
    }
    return sorted({f"./{each['path']}" for each in sources if each["repoURL"] in own})


@cache
def delivered_folders() -> frozenset[Path]:
    """Return the folders that Flux or Argo CD apply."""
    return frozenset(ROOT / path for path in (*local_paths(), *application_paths()))


@cache
def built(cluster: str) -> dict[Path, list[str]]:
    """The names of what kustomize builds of all folders of a cluster, by the file that it reads.

    One process builds them: each of its own would take longer to start than to build.
    """
    with TemporaryDirectory() as scratch:
        folders = sorted(each for each in delivered_folders() if cluster_of(each) == cluster)
        every = {
            "resources": [os.path.relpath(folder, scratch) for folder in folders],
            "buildMetadata": ["originAnnotations"],
        }
        (Path(scratch) / "kustomization.yaml").write_text(json.dumps(every))
        done = kustomize(Path(scratch), check=False)
        assert (done.returncode, done.stderr) == (0, "")
        found: dict[Path, list[str]] = {}
        for document in yaml.load_all(done.stdout, yaml.CSafeLoader):
            metadata = document["metadata"]
            origin = yaml.load(metadata["annotations"][ORIGIN], yaml.CSafeLoader)
            file = Path(scratch, origin["path"]).resolve()
            found.setdefault(file, []).append(str(metadata["name"]))
    return found


def test_the_tree_is_what_the_code_makes() -> None:
    assert read_tree(DIST) == main_platform.delivered().contents


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_delivered_folders_build_exactly_what_they_hold(cluster: str) -> None:
    folders = [each for each in delivered_folders() if cluster_of(each) == cluster]
    held = {folder: {*folder.glob("*.yaml")} - {folder / LISTING} for folder in folders}
    assert folders
    assert all(held.values())
    files = set[Path]().union(*held.values())
    assert built(cluster) == {file: [str(load(file)["metadata"]["name"])] for file in files}


def test_the_entry_holds_only_valid_flux_objects() -> None:
    for path in ENTRY:
        value = load(path)
        msgspec.convert(value["spec"], SPECS[value["kind"]], strict=True)
        assert {*value["spec"]} <= {*SPECS[value["kind"]].__struct_encode_fields__}, path


def test_every_folder_is_reached_from_the_entry() -> None:
    folders = {file.parent for file in DIST.rglob(LISTING)}
    # Applied by hand, before.
    folders -= {each for each in folders if each.parent.name == "bootstrap"}
    from_outside = {DIST / name / "flux" for name in RUN_BY_OPERATOR}
    assert delivered_folders() | from_outside == folders


def test_every_name_in_depends_on_exists() -> None:
    names = {(cluster_of(path), load(path)["metadata"]["name"]) for path in KUSTOMIZATIONS}
    for path in KUSTOMIZATIONS:
        for edge in load(path)["spec"].get("dependsOn", []):
            assert (cluster_of(path), edge["name"]) in names


def test_the_sources_that_releases_and_kustomizations_name_exist() -> None:
    sources = {
        (cluster_of(path), load(path)["kind"], load(path)["metadata"]["name"]) for path in ENTRY
    }
    for path in (*DIST.rglob("*-helmrelease.yaml"), *KUSTOMIZATIONS):
        spec = load(path)["spec"]
        for named in (
            mapping(mapping(spec.get("chart")).get("spec")).get("sourceRef"),
            spec.get("chartRef"),
            spec.get("sourceRef"),
        ):
            if named and named["name"] != "flux-system":
                assert (cluster_of(path), named["kind"], named["name"]) in sources
