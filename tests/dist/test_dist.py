"""The committed tree: what main.py makes, and what kustomize and Flux accept."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from kubeapis import fluxcd
from kubestrata.synth.dist_writer import read_tree
from main import build

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"
KUBECTL = shutil.which("kubectl", path=str(Path(sys.executable).parent)) or "kubectl"
ENTRY = {
    f"{path.parts[-3]}/{path.stem}": path
    for path in DIST.glob("*/flux/*.yaml")
    if path.stem != "kustomization"
}
# Whoever runs Flux there makes the source and the Kustomization of the entry.
RUN_BY_OPERATOR = {"mycluster-0"}
SPECS: dict[str, type[msgspec.Struct]] = {
    "GitRepository": fluxcd.GitRepositorySpec,
    "HelmRepository": fluxcd.HelmRepositorySpec,
    "Kustomization": fluxcd.KustomizationSpec,
    "OCIRepository": fluxcd.OCIRepositorySpec,
}


CLUSTERS = sorted({name.partition("/")[0] for name in ENTRY})


def load(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = yaml.safe_load(path.read_text())
    return value


def local_paths() -> list[str]:
    """The folders that the Flux Kustomizations of this repository's source build."""
    found = (load(path)["spec"] for path in ENTRY.values() if path.stem.endswith("-kustomization"))
    return sorted(spec["path"] for spec in found if spec["sourceRef"]["name"] == "flux-system")


def built(path: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [KUBECTL, "kustomize", path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def test_the_tree_is_what_the_code_makes() -> None:
    assert read_tree(DIST) == build().files()


@pytest.mark.parametrize("path", local_paths())
def test_every_flux_kustomization_builds_exactly_what_its_folder_holds(path: str) -> None:
    files = [file for file in (ROOT / path).glob("*.yaml") if file.name != "kustomization.yaml"]
    wanted = sorted(str(load(file)["metadata"]["name"]) for file in files)
    assert sorted(str(item["metadata"]["name"]) for item in built(path)) == wanted
    assert wanted


@pytest.mark.parametrize("name", sorted(ENTRY))
def test_the_entry_holds_only_valid_flux_objects(name: str) -> None:
    value = load(ENTRY[name])
    msgspec.convert(value["spec"], SPECS[value["kind"]], strict=True)
    known = {*SPECS[value["kind"]].__struct_encode_fields__}
    assert set(value["spec"]) <= known


def test_every_folder_is_reached_from_the_entry() -> None:
    folders = {file.parent for file in DIST.rglob("kustomization.yaml")}
    from_outside = {DIST / name / "flux" for name in RUN_BY_OPERATOR}
    assert {(ROOT / path).resolve() for path in local_paths()} | from_outside == folders


def entries(cluster: str, kind: str = "") -> list[dict[str, Any]]:
    found = [load(path) for name, path in ENTRY.items() if name.startswith(f"{cluster}/")]
    return [item for item in found if kind in ("", item["kind"])]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_every_name_in_depends_on_exists(cluster: str) -> None:
    kustomizations = entries(cluster, "Kustomization")
    names = {item["metadata"]["name"] for item in kustomizations}
    for item in kustomizations:
        for edge in item["spec"].get("dependsOn", []):
            assert edge["name"] in names


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_the_sources_that_releases_and_kustomizations_name_exist(cluster: str) -> None:
    sources = {(item["kind"], item["metadata"]["name"]) for item in entries(cluster)}
    if cluster in RUN_BY_OPERATOR:
        sources.add(("GitRepository", "flux-system"))
    releases = [load(path)["spec"] for path in (DIST / cluster).rglob("*-helmrelease.yaml")]
    named = [
        spec["chartRef"] if "chartRef" in spec else spec["chart"]["spec"]["sourceRef"]
        for spec in releases
    ]
    named += [item["spec"]["sourceRef"] for item in entries(cluster, "Kustomization")]
    assert {(one["kind"], one["name"]) for one in named} - sources == set()
