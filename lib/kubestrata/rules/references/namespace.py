"""R11: namespaces that are used are declared."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.api_group import ARGO, HELM, KUSTOMIZE
from kubestrata.rules.field import known, values
from kubestrata.rules.link.made_namespace import made_namespaces
from kubestrata.rules.link.unfollowed import is_whole
from kubestrata.rules.near import near
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject, Unit
from kubestrata.rules.violation import Finding, Severity


def _check(tree: ClusterTree) -> Iterator[Finding]:
    if _made_by_sets(tree):
        return
    declared = {each.identity.name for each in tree.of_kind("", "Namespace")}
    there = {"", *made_namespaces(tree)}
    used: dict[str, list[tuple[Subject, str]]] = {}
    for subject, path, namespace in _used(tree):
        if known(namespace):
            used.setdefault(namespace, []).append((subject, path))
    missing = {name: several for name, several in used.items() if not _exists(tree, name, there)}
    is_usual = 2 * len(missing) <= len(used)
    for namespace, several in missing.items():
        subject, path = several[0]
        message = f"namespace {namespace} is not declared"
        if len(several) > 1:
            message += f"; {len(several)} objects are in it"
        is_certain = is_usual and _is_whole(tree)
        is_certain = is_certain and not tree.is_kept_aside("", "Namespace", namespace)
        severity = None if is_certain else Severity.WARNING
        yield subject.finding(path, message, near(namespace, declared), severity)


def _exists(tree: ClusterTree, name: str, there: set[str]) -> bool:
    about = tree.knowledge.namespace(name)
    return name in there or (about is not None and not about.groups)


def _is_whole(tree: ClusterTree) -> bool:
    """Return True if Flux applies the tree, and nothing else may create its namespaces."""
    groups = {each.group for each in tree.units}
    has_root = any(_is_root(tree, each) for each in tree.units.values())
    return groups == {KUSTOMIZE} and has_root and is_whole(tree)


def _is_root(tree: ClusterTree, unit: Unit) -> bool:
    """Return True for a Kustomization that applies itself, or that an instance of Flux makes.

    What is applied from outside may need more that a bootstrap creates.
    """
    is_made = unit.parent is None and unit.identity in tree.external
    return is_made or any(each.identity == unit.identity for each in unit.objects)


def _made_by_sets(tree: ClusterTree) -> bool:
    """Return True if generated Applications create namespaces with unknown names."""
    paths = "spec.template.spec.syncPolicy.syncOptions", "spec.templatePatch"
    return any(
        "CreateNamespace=true" in str(value)
        for each in tree.of_kind(ARGO, "ApplicationSet")
        for path in paths
        for _, value in values(each.manifest, path)
    )


def _used(tree: ClusterTree) -> Iterator[tuple[Subject, str, str]]:
    for subject in tree.subjects:
        if subject.namespace:
            yield subject, "metadata.namespace", subject.namespace
    for group, kind in (
        (HELM, "HelmRelease"),
        (KUSTOMIZE, "Kustomization"),
    ):
        for subject in tree.of_kind(group, kind):
            target = subject.spec.get("targetNamespace")
            if target:
                yield subject, "spec.targetNamespace", str(target)


RULES = (
    Rule(
        "R11",
        "every namespace that is used is declared by a Namespace",
        "objects in it cannot be applied",
        _check,
        in_charts=Severity.ERROR,
    ),
)
