"""The platform of this repository, generated and as the plain folder that it was written to."""

from __future__ import annotations

import json

import pytest

from kubestrata.core.identity import Identity
from kubestrata.rules.subject import ClusterTree, Subject
from tests import main_platform
from tests.gitops.checking import told

CLUSTERS = ("cloudlab", "goingdark", "mycluster-0")
BY_ARGO_CD = {"goingdark"}


@pytest.fixture(scope="module", params=CLUSTERS)
def cluster(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def generated(cluster: str) -> ClusterTree:
    return main_platform.generated_trees()[cluster]


@pytest.fixture(scope="module")
def plain(cluster: str) -> ClusterTree:
    return main_platform.committed_trees()[cluster]


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
    generated = main_platform.generated_trees()["cloudlab"]
    release = generated.get("helm.toolkit.fluxcd.io", "HelmRelease", "traefik", "traefik")
    assert release is not None
    assert release.place.file == "charts/infrastructure/traefik.py"


def test_the_whole_repository_is_the_same_cluster(plain: ClusterTree) -> None:
    tree = main_platform.repository_trees()[plain.name]
    assert {each.identity for each in tree.subjects} == set(plain.by_identity)
    assert tree.orphans == []


def test_what_flux_reads_and_nothing_makes_is_declared() -> None:
    generated = main_platform.generated_trees()["cloudlab"]
    assert {each.name for each in generated.external} == {"flux-system", "sops-age"}
