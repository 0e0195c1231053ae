"""Every object of this repository is validated, without a problem."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kubestrata.core.identity import identity_of
from kubestrata.rules.catalogue import rules_of
from kubestrata.rules.judged import coverage
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location
from kubestrata.synth.config_file import settings_in
from tests.rules.fixture import told

DIST = Path(__file__).parents[2] / "dist"
# Waived in code, with its reason.
WAIVED = ("TLSRoute.gateway.networking.k8s.io security/zitadel apiVersion: ",)
CLUSTERS = sorted(each for each in DIST.iterdir() if each.is_dir())


def written(cluster: Path) -> ClusterTree:
    subjects: list[Subject] = []
    for path in sorted(cluster.rglob("*.yaml")):
        for manifest in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            if manifest and not manifest["apiVersion"].startswith("kustomize.config.k8s.io/"):
                place = Location(str(path.relative_to(DIST)), 1)
                subjects.append(Subject(identity_of(manifest), manifest, place))
    return ClusterTree(cluster.name, "1.35", subjects)


@pytest.mark.parametrize("cluster", CLUSTERS, ids=lambda path: path.name)
def test_every_object_is_validated_and_clean(cluster: Path) -> None:
    tree = settings_in(DIST.parent).settle(written(cluster))
    lines = [line for rule in rules_of("schema") for line in told(rule, tree)]
    assert [line for line in lines if not line.startswith(WAIVED)] == []
    found = coverage(tree)
    unjudged = {
        each.identity
        for each in tree.subjects
        if "sops" in each.manifest or each.identity[:2] in tree.untyped
    }
    assert set(found.unjudged) == unjudged
    assert found.judged == len(tree.subjects) - len(unjudged) > 0
    assert found.rules == ()
