"""V01, V02: every object matches the schema of its exact version, and the CEL rules in it."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.api_group import KUSTOMIZE
from kubestrata.rules.deployed import has_own_schema, kubernetes_minor, schema_minor
from kubestrata.rules.judged import Judged, catalogue_of, judged_objects, unjudged_rules
from kubestrata.rules.placeholders import (
    filled_at,
    has_variable,
    is_encrypted_at,
    is_unreplaced,
)
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity
from kubestrata.schema import REQUIRED, CelBudget, Doubtful, Fault, Misspelled


def _schema_faults(tree: ClusterTree) -> Iterator[Finding]:
    for judged in judged_objects(tree):
        subject = judged.subject
        for fault in judged.verdict.faults:
            # S04 and S05 report what variables cause.
            filled = filled_at(subject, fault.path) is not None
            if filled or is_unreplaced(tree, subject, fault.path):
                continue
            if not is_encrypted_at(subject, fault.path):
                yield subject.finding(*fault, _severity(tree, judged, fault))


def _severity(tree: ClusterTree, judged: Judged, fault: Fault) -> Severity | None:
    """Return a warning for what another version of the schema, or a patch, may provide."""
    if fault.message.endswith(REQUIRED) and _may_be_patched(judged):
        return Severity.WARNING
    if not isinstance(fault, Doubtful) or _is_certain(tree, judged):
        return None
    if isinstance(fault, Misspelled) and not _is_known_elsewhere(tree, judged, fault.path):
        return None
    return Severity.WARNING


def _may_be_patched(judged: Judged) -> bool:
    """Return True for a Kustomization whose parent is unknown: parents set fields of them all."""
    return judged.subject.unit is None and judged.schema.kind.group == KUSTOMIZE


def _is_certain(tree: ClusterTree, judged: Judged) -> bool:
    kind = judged.schema.kind
    if not kind.builtin:
        return has_own_schema(tree, kind.group, kind.kind)
    minor, at_hand = kubernetes_minor(tree), schema_minor(tree)
    return minor is None or at_hand is None or minor <= at_hand


def _is_known_elsewhere(tree: ClusterTree, judged: Judged, path: str) -> bool:
    """Return True if a field is known in another version of the kind."""
    kind, known = judged.schema.kind, catalogue_of(tree)
    for each in known.versions(kind.group, kind.kind):
        schema = known.get(f"{kind.group}/{each.version}".lstrip("/"), kind.kind)
        if schema is None or schema is judged.schema or schema.fault:
            continue
        faults = schema.judge(schema.filled(judged.subject.manifest)).faults
        if not any(path.startswith(fault.path) and isinstance(fault, Doubtful) for fault in faults):
            return True
    return False


def _cel_faults(tree: ClusterTree) -> Iterator[Finding]:
    budget = CelBudget()
    for judged in judged_objects(tree):
        # The API server evaluates the rules only for objects that fit the schema.
        if judged.verdict.fits:
            noted = unjudged_rules(tree, judged.schema)
            for fault in judged.schema.rule_faults(judged.value, noted, budget):
                if not (judged.subject.is_open and has_variable(judged.value, fault.path)):
                    yield judged.subject.finding(*fault)


RULES = (
    Rule(
        "V01",
        "an object matches the schema of its version and has no unknown fields",
        "the API server rejects it, and everything that is applied with it",
        _schema_faults,
        also=("kubeconform",),
        in_charts=Severity.ERROR,
    ),
    Rule(
        "V02",
        "the CEL rules of a kind hold",
        "the API server rejects the object, and everything that is applied with it",
        _cel_faults,
        in_charts=Severity.ERROR,
    ),
)
