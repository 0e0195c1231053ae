"""Every object of this repository is validated, without a problem."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from kubestrata.rules.catalogue import rules_of
from kubestrata.rules.checked_object import coverage
from kubestrata.rules.subject import ClusterTree
from kubestrata.synth.config_file import settings_in
from tests.rules.fixture import told

DIST = Path(__file__).parents[2] / "dist"
# Waived in code, with its reason.
WAIVED = (
    "TLSRoute.gateway.networking.k8s.io security/zitadel apiVersion: ",
    # Of Strimzi 0.48, which serves a version that the bindings of a newer one lack.
    "Kafka.kafka.strimzi.io messaging/kafka-cluster apiVersion: ",
    "KafkaNodePool.kafka.strimzi.io messaging/controller-broker apiVersion: ",
)
WITHOUT_SCHEMA = ("kafka.strimzi.io/v1beta2",)
CLUSTERS = sorted(each for each in DIST.iterdir() if each.is_dir())


def written(cluster: Path, folder: Path) -> ClusterTree:
    """Return the tree of a cluster, with the Kustomizations that substitute in its objects."""
    shutil.copytree(cluster, folder / "dist" / cluster.name)
    (tree,) = from_folder(folder, kubernetes="1.35")
    return tree


@pytest.mark.parametrize("cluster", CLUSTERS, ids=lambda path: path.name)
def test_every_object_is_validated_and_clean(cluster: Path, tmp_path: Path) -> None:
    tree = settings_in(DIST.parent).settle(written(cluster, tmp_path))
    lines = [line for rule in rules_of("schema") for line in told(rule, tree)]
    assert [line for line in lines if not line.startswith(WAIVED)] == []
    found = coverage(tree)
    unchecked = {
        each.identity
        for each in tree.subjects
        if "sops" in each.manifest
        or each.identity[:2] in tree.untyped
        or each.manifest["apiVersion"] in WITHOUT_SCHEMA
    }
    assert set(found.unchecked) == unchecked
    assert found.checked == len(tree.subjects) - len(unchecked) > 0
    assert found.rules == ()
