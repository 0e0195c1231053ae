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


@pytest.fixture(scope="module")
def generated() -> ClusterTree:
    (tree,) = from_platform(build())
    return tree


@pytest.fixture(scope="module")
def plain() -> ClusterTree:
    (tree,) = from_folder(ROOT / "dist")
    return tree


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
    assert plain.name == generated.name == "cloudlab"


def test_generated_objects_are_at_their_line_of_python(generated: ClusterTree) -> None:
    release = generated.get("helm.toolkit.fluxcd.io", "HelmRelease", "traefik", "traefik")
    assert release is not None
    assert release.place.file == "charts/infrastructure/traefik.py"


def test_the_whole_repository_is_the_same_cluster(plain: ClusterTree) -> None:
    (tree,) = from_folder(ROOT)
    assert {each.identity for each in tree.subjects} == set(plain.by_identity)
    assert tree.orphans == []


def test_files_alone_tell_nearly_as_much(generated: ClusterTree) -> None:
    (tree,) = from_files(build().derive())
    assert tree.by_identity.keys() == generated.by_identity.keys()
    assert told(tree) == []


def test_what_flux_reads_and_nothing_makes_is_declared(generated: ClusterTree) -> None:
    assert {each.name for each in generated.external} == {"flux-system", "sops-age"}
