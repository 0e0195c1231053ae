"""The committed bindings have every kind that the reference platforms run."""

from __future__ import annotations

import csv

import pytest

from kubeapis import talos
from kubestrata.bindings import read_index
from tests.bindings.project import ROOT

TABLE = ROOT.parent / "shared" / "kinds.tsv"
# Kinds without a published schema, and what serves instead.
UNTYPED = {
    ("aigateway.envoyproxy.io", "AIGatewayRoute"): "RawResource",
    ("aigateway.envoyproxy.io", "AIServiceBackend"): "RawResource",
}
# Kinds that a platform defines itself, by composites that are part of it.
OWN_GROUPS = ("cloud.ogenki.io",)
# No objects: what commands read.
FILES = ("kustomize.config.k8s.io", "schema.plugin.fluxcd.io")
ENCRYPTED = ("", "Secret (SOPS-encrypted file)")
# Made by a chart, a composite or a policy, so that no manifest names them.
CREATED = (
    ("fluxcd.controlplane.io", "FluxInstance"),
    ("db.atlasgo.io", "AtlasMigration"),
    ("eks.aws.m.upbound.io", "PodIdentityAssociation"),
    ("operator.victoriametrics.com", "VMCluster"),
    ("operator.victoriametrics.com", "VLCluster"),
    ("keda.sh", "ScaledObject"),
    ("traefik.io", "Middleware"),
    ("iam.aws.m.upbound.io", "Role"),
    ("iam.aws.m.upbound.io", "RolePolicyAttachment"),
)


def bound() -> set[tuple[str, str]]:
    kinds = {(kind.group, kind.kind) for kind in read_index(ROOT / "imports" / "kubeapis")}
    return kinds | {("", name) for name in dir(talos)}


@pytest.mark.skipif(not TABLE.exists(), reason="the table of the platforms' kinds is not at hand")
def test_every_kind_of_the_platforms_is_bound() -> None:
    with TABLE.open(encoding="utf-8") as lines:
        rows = [*csv.DictReader(lines, delimiter="\t")]
    used = {(row["apiVersion"].rpartition("/")[0], row["kind"]) for row in rows}
    missing = {kind for kind in used - bound() if kind[0] not in (*OWN_GROUPS, *FILES)}
    missing.discard(ENCRYPTED)
    assert missing == set(UNTYPED) & used
    assert set(UNTYPED) <= used


def test_kinds_that_others_create_are_bound() -> None:
    assert set(CREATED) <= bound()
