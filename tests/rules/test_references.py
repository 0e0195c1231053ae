"""Group R on the committed tree: no false alarm, and no misspelt name that passes."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest
import yaml

from kubestrata.core.identity import identity_of
from kubestrata.rules.catalogue import rules_of
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location
from tests.rules.fixture import FIXTURES, fixture_tree, told
from tests.rules.reference_field import Field, fields, misspelt, renamed, value_of

DELIVERED = Path(__file__).parents[2] / "dist" / "cloudlab"
# Folders of machine configuration, the bootstrap and tests, which nothing reconciles.
OTHERS = ("bootstrap", "talos", "tests")
RULES = {rule.id: rule for rule in rules_of("references")}
CLEAN = sorted(path for rule in RULES for path in FIXTURES.glob(f"{rule}/clean.yaml"))
MUTATIONS = 60
# A release of the namespace may create objects of any name; the pods of Flux are its bootstrap's.
STACK = (
    "adguard/adguard",
    "authentik/auth",
    "forgejo/forgejo",
    "headlamp/headlamp",
    "monitoring/alertmanager",
    "monitoring/alloy",
    "monitoring/grafana",
    "monitoring/prometheus",
)
ROUTES = (*STACK, "whoami/whoami")
FROM = "HTTPRoute.gateway.networking.k8s.io"
MONITOR = "R08 PodMonitor.monitoring.coreos.com monitoring/flux-controllers"
UNKNOWABLE = {
    *(f"R01 {FROM} {each} spec.parentRefs.0.sectionName" for each in ROUTES),
    *(f"R02 {FROM} {each} spec.rules.0.backendRefs.0.name" for each in STACK),
    *(f"R02 {FROM} {each} spec.rules.0.backendRefs.0.port" for each in STACK),
    f"{MONITOR} spec.podMetricsEndpoints.0.port",
    *(
        f"R08 PodMonitor.monitoring.coreos.com monitoring/{each} spec.podMetricsEndpoints.0.port"
        for each in ("cert-manager", "cloudnative-pg", "postgres-cluster")
    ),
    "R07 Cluster.postgresql.cnpg.io postgres/postgres-cluster spec.storage.storageClass",
    "R10 ClusterRoleBinding.rbac.authorization.k8s.io headlamp-cluster-view roleRef.name",
}


@cache
def delivered() -> ClusterTree:
    subjects = [
        Subject(identity_of(manifest), manifest, Location(path.name, 1), file=path.name)
        for path in sorted(DELIVERED.rglob("*.yaml"))
        if path.name != "kustomization.yaml" and path.relative_to(DELIVERED).parts[0] not in OTHERS
        for manifest in yaml.load_all(path.read_text("utf-8"), yaml.CSafeLoader)
    ]
    return ClusterTree(DELIVERED.name, "1.35", subjects)


def caught(tree: ClusterTree, field: Field, value: object) -> bool:
    found = RULES[field.rule].check(renamed(tree, field, value))
    return any(each.object[:2] == field.subject.identity[:2] for each in found)


def test_the_committed_tree_has_no_broken_reference() -> None:
    found = [line for rule in RULES.values() for line in told(rule, delivered())]
    assert found == []


def test_no_misspelt_reference_of_the_committed_tree_passes() -> None:
    chance = random.Random(20)
    missed: set[str] = set()
    known = fields(delivered())
    for field in chance.choices(known, k=MUTATIONS):
        if not caught(delivered(), field, misspelt(chance, value_of(field))):
            missed.add(str(field))
    assert missed - UNKNOWABLE == set()


def test_unknown_names_are_in_namespaces_of_releases() -> None:
    chance = random.Random(21)
    missed = {
        str(each)
        for each in fields(delivered())
        if not caught(delivered(), each, misspelt(chance, value_of(each)))
    }
    assert missed == UNKNOWABLE


@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.parent.name)
def test_no_misspelt_reference_of_a_clean_fixture_passes(path: Path) -> None:
    tree, chance = fixture_tree(path), random.Random(22)
    known = [each for each in fields(tree) if each.rule == path.parent.name]
    missed = [
        str(each) for each in known if not caught(tree, each, misspelt(chance, value_of(each)))
    ]
    assert missed == []
