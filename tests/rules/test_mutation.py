"""Three hundred single problems in the committed tree: those found, and why others are not."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import TypeAlias

import pytest
import yaml

from kubestrata.core.identity import Identity
from kubestrata.gitops import document, from_folder
from kubestrata.rules.engine import check_tree
from kubestrata.rules.settings import Settings
from kubestrata.rules.subject import Subject
from kubestrata.testing.mutation import STRUCTURAL, Mutation, mutations

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 1, 1)
COUNT = 300
# Sixteen charts are not rendered here: what they create is unknown.
LEAST = 0.91
# The reasons why a problem cannot be found in the tree alone.
CHART = "a chart that is not rendered creates the named object"
ELSEWHERE = "the named object is created outside of the tree"
OPERATOR = "an operator creates the selected pods"
POLICY = "no object shows the effect of an admission policy"
VALUE = "the address is a value of a chart that is not rendered"
OUTPUT = "the field names an object that the controller will create"
_Key: TypeAlias = tuple[Identity, str, str]
REASONS = {
    ("HTTPRoute", "spec.rules.0.backendRefs.0.name"): CHART,
    ("Kustomization", "{'name': 'nfs-provisioner'}"): CHART,
    ("Kustomization", "{'name': 'postgres-cluster'}"): VALUE,
    ("Kustomization", "{'name': 'traefik-crds'}"): "no object of the tree is of these kinds",
    ("Kustomization", "{'name': 'inject-forward-auth'}"): POLICY,
    ("Kustomization", "{'name': 'verify-images'}"): POLICY,
    ("PodMonitor", "app.kubernetes.io/component"): CHART,
    ("PodMonitor", "app.kubernetes.io/instance"): CHART,
    ("PodMonitor", "cnpg.io/cluster"): OPERATOR,
    ("ClusterRoleBinding", "roleRef.name"): CHART,
    ("GitRepository", "spec.secretRef.name"): ELSEWHERE,
    ("Kustomization", "spec.decryption.secretRef.name"): ELSEWHERE,
    ("Kustomization", "spec.sourceRef.name"): ELSEWHERE,
    ("ClusterIssuer", "spec.acme.privateKeySecretRef.name"): OUTPUT,
}


def test_single_problems_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # All files but one are the same each time.
    monkeypatch.setattr(document, "read", cache(document.read))
    shutil.copytree(ROOT / "dist" / "cloudlab", tmp_path / "dist" / "cloudlab")
    rules = Settings().rules()
    (tree,) = from_folder(tmp_path)
    assert check_tree(tree, rules, (), TODAY).violations == ()
    total: Counter[str] = Counter()
    every: set[_Key] = set()
    missed: set[_Key] = set()
    for fault in mutations(tree.subjects, Random(1), COUNT, STRUCTURAL):
        total[fault.sort] += 1
        key = fault.object, fault.sort, fault.what
        if key in every:  # where few objects can have a problem, it is drawn again and again
            continue
        every.add(key)
        with _in_place(tmp_path, tree.by_identity[fault.object], fault):
            (damaged,) = from_folder(tmp_path)
            if not any(True for rule in rules for _ in rule.check(damaged)):
                missed.add(key)
    assert len(total) == 10
    assert [each for each in sorted(missed) if _reason(each[0], each[2]) is None] == []
    assert 1 - len(missed) / len(every) >= LEAST


def _reason(identity: Identity, what: str) -> str | None:
    return REASONS.get((identity.kind, what))


@contextmanager
def _in_place(folder: Path, subject: Subject, mutation: Mutation) -> Generator[None]:
    """Replace one object of the folder, or remove its file, for a while."""
    file = folder / subject.file
    before = file.read_bytes()
    if mutation.manifest is None:
        file.unlink()
    else:
        file.write_text(yaml.dump(mutation.manifest, Dumper=yaml.CSafeDumper), encoding="utf-8")
    try:
        yield
    finally:
        file.write_bytes(before)
