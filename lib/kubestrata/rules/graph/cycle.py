"""G02: Kustomizations and HelmReleases do not depend on each other in a cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kubestrata.core.identity import Identity
from kubestrata.core.reachability import Reachability
from kubestrata.rules.api_group import HELM, KUSTOMIZE
from kubestrata.rules.dependency import depends_on
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding

_KINDS = ((KUSTOMIZE, "Kustomization"), (HELM, "HelmRelease"))


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for group, kind in _KINDS:
        subjects = {each.identity: each for each in tree.of_kind(group, kind)}
        for ring in _rings(subjects):
            names = [_name(each, ring) for each in ring]
            text = " -> ".join([*names, names[0]])
            yield subjects[ring[0]].finding(
                "spec.dependsOn",
                f"depends on itself: {text}",
                f"remove {names[1 % len(names)]} from the dependsOn of {names[0]}",
            )


def _name(identity: Identity, ring: list[Identity]) -> str:
    several = len({each.namespace for each in ring}) > 1
    return f"{identity.namespace}/{identity.name}" if several else identity.name


def _rings(subjects: dict[Identity, Subject]) -> Iterator[list[Identity]]:
    """Yield the shortest cycle through each node that is in no earlier one, from its least node."""
    reported: set[Identity] = set()
    waits = {each: depends_on(subject) for each, subject in subjects.items()}
    for start in sorted(each for ring in Reachability(waits).rings for each in ring):
        ring = None if start in reported else _ring(waits, start)
        if ring is not None and not reported & set(ring):
            reported.update(ring)
            yield ring


def _ring(waits: Mapping[Identity, Sequence[Identity]], start: Identity) -> list[Identity] | None:
    came: dict[Identity, Identity] = {}
    waiting = [start]
    for unit in waiting:
        for target in waits[unit]:
            if target == start:
                return _way(came, start, unit)
            if target in waits and target not in came:
                came[target] = unit
                waiting.append(target)
    return None


def _way(came: dict[Identity, Identity], start: Identity, end: Identity) -> list[Identity]:
    way = [end]
    while way[-1] != start:
        way.append(came[way[-1]])
    return list(reversed(way))


RULES = (
    Rule(
        "G02",
        "Kustomizations and HelmReleases do not depend on each other in a cycle",
        "one cycle stops every Kustomization of the source",
        _check,
    ),
)
