"""C01: changes of existing objects can be applied."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.field_change import field_changes
from kubestrata.core.json_value import Manifest
from kubestrata.rules.api_group import KUSTOMIZE
from kubestrata.rules.checked_object import schema_of
from kubestrata.rules.defined_kind import composites
from kubestrata.rules.rule import Rule
from kubestrata.rules.server.immutable import Refused, defined_changes, immutable_changes
from kubestrata.rules.server.size import size_changes
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding

_UNCHANGED = {
    (f"{KUSTOMIZE}/ssa", "IfNotPresent"),
    (f"{KUSTOMIZE}/ssa", "Ignore"),
    (f"{KUSTOMIZE}/reconcile", "disabled"),
}
"""Annotations of objects that Flux creates and never updates."""
_OTHERWISE = "create another object and move the data"
_WITH_DATA = ("PersistentVolumeClaim", "PersistentVolume", "CustomResourceDefinition")


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for subject in tree.subjects:
        before = (tree.before or {}).get(subject.identity)
        if before is not None and not _is_unchanged(subject):
            yield from _of_object(tree, subject, before)


def _is_unchanged(subject: Subject) -> bool:
    return any(subject.annotations.get(key) == value for key, value in _UNCHANGED)


def _of_object(tree: ClusterTree, subject: Subject, before: Manifest) -> Iterator[Finding]:
    changes = field_changes(before, subject.manifest)
    refused = list(immutable_changes(subject.identity, before, changes))
    known = {each.path for each in refused}
    if refused and _is_forced(tree, subject):
        refused = _deleted(refused) if subject.identity.kind in _WITH_DATA else []
    defined = list(_by_definition(tree, subject, before))
    refused += _deleted(defined) if defined and _is_forced(tree, subject) else defined
    known |= {each.path for each in defined}
    sizes = size_changes(subject.identity, before, subject.manifest, changes, composites(tree))
    refused += [each for each in sizes if each.path not in known]
    for path, message, kept in refused:
        yield subject.finding(path, message, f"keep {kept}, or {_OTHERWISE}")


def _by_definition(tree: ClusterTree, subject: Subject, before: Manifest) -> Iterator[Refused]:
    schema = schema_of(tree, subject)
    if schema is None or before.get("apiVersion") != subject.manifest.get("apiVersion"):
        return
    if fields := schema.immutable:
        changes = field_changes(schema.filled(before), schema.filled(subject.manifest))
        yield from defined_changes(fields, changes)


def _deleted(refused: list[Refused]) -> list[Refused]:
    """Return what Flux does with a rejected change if it may use force."""
    note = ", so Flux deletes the object and creates it again"
    return [each._replace(message=each.message + note) for each in refused]


def _is_forced(tree: ClusterTree, subject: Subject) -> bool:
    """Return True if Flux deletes and creates the object when a change is rejected."""
    unit = tree.units.get(subject.unit) if subject.unit is not None else None
    of_unit = unit is not None and unit.subject.spec.get("force") is True
    return of_unit or str(subject.annotations.get(f"{KUSTOMIZE}/force")).lower() == "enabled"


RULES = (
    Rule(
        "C01",
        "changes of existing objects are accepted by the API server and operators",
        "the rest of its Kustomization is not applied, or the change has no effect",
        _check,
        compares=True,
    ),
)
