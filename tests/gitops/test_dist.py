"""The platform of this repository, generated and as the plain folder that it was written to."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from kubestrata.core.identity import Identity
from kubestrata.gitops import from_folder
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.synth.cluster_tree import trees_of
from kubestrata.synth.synthesis import synthesize
from main import build
from tests.conftest import ROOT
from tests.gitops.judging import told

CLUSTERS = ("cloudlab", "goingdark", "mycluster-0")
BY_ARGO_CD = {"goingdark"}


def named(trees: Iterable[ClusterTree], name: str) -> ClusterTree:
    (tree,) = (one for one in trees if one.name == name)
    return tree


@pytest.fixture(scope="module", params=CLUSTERS)
def cluster(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def generated(cluster: str) -> ClusterTree:
    return named(trees_of(synthesize(build())), cluster)


@pytest.fixture(scope="module")
def plain(cluster: str) -> ClusterTree:
    return named(from_folder(ROOT / "dist"), cluster)


def test_nothing_is_wrong_with_it(generated: ClusterTree, plain: ClusterTree) -> None:
    assert (told(generated), told(plain)) == ([], [])


def _text(subject: Subject) -> str:
    """Return an object as text, whatever the order of its fields: a patch adds them at the end."""
    return json.dumps(subject.as_written, sort_keys=True, default=str)


def _objects(tree: ClusterTree) -> dict[Identity, object]:
    return {each.identity: (_text(each), each.unit) for each in tree.subjects}


def test_both_readings_see_the_same_objects_and_units(
    generated: ClusterTree, plain: ClusterTree
) -> None:
    assert _objects(plain) == _objects(generated)
    if generated.name in BY_ARGO_CD:
        # Its chart makes Argo CD wait for waves, and is not rendered here.
        assert not any(unit.depends_on for unit in plain.units.values())
        return
    assert {one: unit.depends_on for one, unit in plain.units.items()} == {
        one: unit.depends_on for one, unit in generated.units.items()
    }
    # What a remote source holds is known to who declared it.
    assert plain.provides.items() <= generated.provides.items()


def test_generated_objects_are_at_their_line_of_python() -> None:
    generated = named(trees_of(synthesize(build())), "cloudlab")
    release = generated.get("helm.toolkit.fluxcd.io", "HelmRelease", "traefik", "traefik")
    assert release is not None
    assert release.place.file == "charts/infrastructure/traefik.py"


def test_the_whole_repository_is_the_same_cluster(plain: ClusterTree) -> None:
    tree = named(from_folder(ROOT), plain.name)
    assert {each.identity for each in tree.subjects} == set(plain.by_identity)
    assert tree.orphans == []


def test_what_flux_reads_and_nothing_makes_is_declared() -> None:
    generated = named(trees_of(synthesize(build())), "cloudlab")
    assert {each.name for each in generated.external} == {"flux-system", "sops-age"}
