"""G01: dependsOn entries exist."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.alike import Names, alike
from kubestrata.core.identity import Identity
from kubestrata.rules.api_group import HELM, KUSTOMIZE
from kubestrata.rules.dependency import depends_on
from kubestrata.rules.link.unfollowed import foreign, is_whole
from kubestrata.rules.link.unseen import composed, unseen
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_KINDS = ((KUSTOMIZE, "Kustomization"), (HELM, "HelmRelease"))


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for group, kind in _KINDS:
        for subject in tree.of_kind(group, kind):
            if _is_complete(tree, subject):
                yield from _dangling(tree, subject)


def _is_complete(tree: ClusterTree, subject: Subject) -> bool:
    """Return True if all objects beside this one are known: its dependency could be there."""
    unit = tree.units.get(subject.unit) if subject.unit is not None else None
    return unit is None or unit.complete


def _dangling(tree: ClusterTree, subject: Subject) -> Iterator[Finding]:
    kind = subject.identity.kind
    for index, target in enumerate(depends_on(subject)):
        if not _may_exist(tree, target):
            path = f"spec.dependsOn[{index}].name"
            message = f"no {kind} {target.namespace}/{target.name}, so it waits forever"
            severity = None if is_whole(tree) else Severity.WARNING
            yield subject.finding(path, message, _fix(tree, target.name, subject), severity)


def _may_exist(tree: ClusterTree, target: Identity) -> bool:
    named = tree.exists(*target) or "${" in target.name or "${" in target.namespace
    if named or composed(tree, target.namespace, target.name):
        return True
    if target.kind == "Kustomization" and target.name in unseen(tree).syncs:
        return not tree.once(_begins)
    return foreign(tree, target.namespace, target.name)


def _begins(tree: ClusterTree) -> bool:
    """Return True if the tree has the Kustomization that applies it: no bootstrap makes another."""
    return any(
        each.identity == unit.identity for unit in tree.units.values() for each in unit.objects
    )


def _fix(tree: ClusterTree, name: str, subject: Subject) -> str:
    namespaces, names = tree.once(_namespaces)[subject.identity.kind]
    if name in namespaces:
        return f"add namespace: {min(namespaces[name])}"
    near = alike(name, names)
    return f"name {near[0]}" if near else "remove the entry"


def _namespaces(tree: ClusterTree) -> dict[str, tuple[dict[str, list[str]], Names]]:
    """Return kind -> name -> the namespaces that have it, and all names."""
    found: dict[str, tuple[dict[str, list[str]], Names]] = {}
    for group, kind in _KINDS:
        names: dict[str, list[str]] = {}
        for each in tree.of_kind(group, kind):
            names.setdefault(each.identity.name, []).append(each.namespace)
        found[kind] = (names, Names(names))
    return found


RULES = (
    Rule(
        "G01",
        "dependsOn names an existing Kustomization or HelmRelease",
        "an object whose dependency does not exist never starts",
        _check,
    ),
)
