"""The platform of this repository, generated and as the plain folder that it was written to."""

from __future__ import annotations

import pytest

from kubestrata.core.identity import Identity
from kubestrata.core.yaml_text import dump
from kubestrata.gitops import from_files, from_folder, from_platform
from kubestrata.rules.subject import ClusterTree
from main import build
from tests.conftest import ROOT
from tests.gitops.judging import told

Trees = dict[str, ClusterTree]


CLUSTERS = ("cloudlab", "mycluster-0")


@pytest.fixture(scope="module")
def platform() -> Trees:
    return {tree.name: tree for tree in from_platform(build())}


@pytest.fixture(scope="module")
def folder() -> Trees:
    return {tree.name: tree for tree in from_folder(ROOT / "dist")}


@pytest.fixture(params=CLUSTERS)
def cluster(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def generated(platform: Trees, cluster: str) -> ClusterTree:
    return platform[cluster]


@pytest.fixture
def plain(folder: Trees, cluster: str) -> ClusterTree:
    return folder[cluster]


def test_every_cluster_is_found(platform: Trees, folder: Trees) -> None:
    assert (tuple(platform), tuple(folder)) == (CLUSTERS, CLUSTERS)


def test_nothing_is_wrong_with_it(generated: ClusterTree, plain: ClusterTree) -> None:
    assert (told(generated), told(plain)) == ([], [])


def _objects(tree: ClusterTree) -> dict[Identity, object]:
    return {each.identity: (dump(each.manifest), each.unit) for each in tree.subjects}


def test_both_readings_see_the_same_objects_and_units(
    generated: ClusterTree, plain: ClusterTree
) -> None:
    assert _objects(plain) == _objects(generated)
    assert {one: unit.depends_on for one, unit in plain.units.items()} == {
        one: unit.depends_on for one, unit in generated.units.items()
    }
    assert plain.provides == generated.provides


def test_generated_objects_are_at_their_line_of_python(platform: Trees) -> None:
    release = platform["cloudlab"].get(
        "helm.toolkit.fluxcd.io", "HelmRelease", "traefik", "traefik"
    )
    assert release is not None
    assert release.place.file == "charts/infrastructure/traefik.py"


def test_the_whole_repository_has_the_same_clusters(folder: Trees) -> None:
    trees = {tree.name: tree for tree in from_folder(ROOT)}
    assert {name: set(tree.by_identity) for name, tree in trees.items()} == {
        name: set(tree.by_identity) for name, tree in folder.items()
    }
    assert [tree.orphans for tree in trees.values()] == [[], []]


def test_files_alone_tell_nearly_as_much(platform: Trees) -> None:
    for tree in from_files(build().derive()):
        assert tree.by_identity.keys() == platform[tree.name].by_identity.keys()
        assert told(tree) == []


def test_what_flux_reads_and_nothing_makes_is_declared(platform: Trees) -> None:
    declared = {each.name for each in platform["cloudlab"].external}
    assert declared == {"flux-system", "sops-age"}
