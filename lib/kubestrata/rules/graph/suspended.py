"""G14: what others wait for is not suspended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kubestrata.core.identity import Identity
from kubestrata.rules.api_group import HELM, KUSTOMIZE
from kubestrata.rules.dependency import awaits, depends_on
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding

_KINDS = ((KUSTOMIZE, "Kustomization"), (HELM, "HelmRelease"))


def _check(tree: ClusterTree) -> Iterator[Finding]:
    dependents = tree.once(_dependents)
    for kind in _KINDS:
        for subject in tree.of_kind(*kind):
            if subject.spec.get("suspend") is True and not _is_below_suspended(tree, subject):
                reason = _reason(tree, subject, dependents.get(subject.identity, []))
                if reason:
                    message = f"is suspended, and {reason}"
                    yield subject.finding("spec.suspend", message, "remove suspend")


def _is_below_suspended(tree: ClusterTree, subject: Subject) -> bool:
    """Return True if the Kustomization that applies an object is suspended itself."""
    unit = tree.units.get(subject.unit) if subject.unit is not None else None
    return unit is not None and unit.subject.spec.get("suspend") is True


def _dependents(tree: ClusterTree) -> Mapping[Identity, list[Identity]]:
    found: dict[Identity, list[Identity]] = {}
    for kind in _KINDS:
        for subject in tree.of_kind(*kind):
            # What is suspended itself waits for nothing.
            if subject.spec.get("suspend") is True or _is_below_suspended(tree, subject):
                continue
            for target in depends_on(subject):
                found.setdefault(target, []).append(subject.identity)
    return found


def _reason(tree: ClusterTree, subject: Subject, dependents: list[Identity]) -> str:
    if dependents:
        more = len(dependents) - 1
        others = f" and {more} more depend" if more else " depends"
        return f"{dependents[0].kind} {dependents[0].name}{others} on it"
    unit = tree.units.get(subject.unit) if subject.unit is not None else None
    if unit is None or unit.identity == subject.identity or not awaits(unit, subject):
        return ""
    return f"Kustomization {unit.identity.name} waits until it is ready"


RULES = (
    Rule(
        "G14",
        "a Kustomization or HelmRelease that others wait for is not suspended",
        "on a new cluster it is never ready, so the others never start",
        _check,
    ),
)
