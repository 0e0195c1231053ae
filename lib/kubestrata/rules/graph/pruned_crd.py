"""G10: CRDs are never pruned."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.provider import CRD
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding

_SWITCH = "kustomize.toolkit.fluxcd.io/prune"
_OWN = ".fluxcd.io"


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for crd in tree.of_kind(*CRD):
        unit = tree.units.get(crd.unit) if crd.unit is not None else None
        if unit is None or unit.subject.spec.get("prune") is not True or _is_kept(crd):
            continue
        message = f"Kustomization {unit.identity.name} prunes it, and its custom resources with it"
        path = "metadata.annotations"
        yield crd.finding(path, message, f"annotate it with {_SWITCH}: disabled")


def _is_kept(crd: Subject) -> bool:
    marked = "disabled" in (crd.annotations.get(_SWITCH), crd.labels.get(_SWITCH))
    return marked or str(crd.spec.get("group", "")).endswith(_OWN)


RULES = (
    Rule(
        "G10",
        "CRDs are never pruned",
        "every custom resource of the kind is deleted with its CRD",
        _check,
    ),
)
