"""R11: namespaces that are used are declared."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping, sequence
from kubestrata.knowledge import matches_group
from kubestrata.rules.api_group import ARGO, HELM, KUSTOMIZE
from kubestrata.rules.field import known, values
from kubestrata.rules.link.unseen import unseen
from kubestrata.rules.near import near
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject, target_namespace
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    if unseen(tree).anywhere or _made_by_sets(tree):
        return
    declared = {each.identity.name for each in tree.of_kind("", "Namespace")}
    there = {"", *declared, *_made(tree)}
    there |= {each.name for each in tree.external if each.kind == "Namespace"}
    told: set[str] = set()
    for subject, path, namespace in _used(tree):
        if namespace not in there and namespace not in told and known(namespace):
            told.add(namespace)
            fix = near(namespace, declared)
            yield subject.finding(path, f"namespace {namespace} is not declared", fix)


def _made(tree: ClusterTree) -> Iterator[str]:
    bootstrap = {name: each.groups for name, each in tree.knowledge.namespaces.items()}
    yield from (name for name, groups in bootstrap.items() if not groups)
    for release in tree.of_kind(HELM, "HelmRelease"):
        if mapping(release.spec.get("install")).get("createNamespace"):
            yield target_namespace(release)
    delivered = [each.subject for each in tree.units.values()]
    for application in (*tree.of_kind(ARGO, "Application"), *delivered):
        options = sequence(mapping(application.spec.get("syncPolicy")).get("syncOptions"))
        if "CreateNamespace=true" in options:
            yield str(mapping(application.spec.get("destination")).get("namespace"))
    for first in tree.of_kind(ARGO, "Application", "ApplicationSet"):
        if first.unit is None:  # in the namespace of Argo CD itself
            yield first.namespace
    for subject in tree.subjects:
        groups = bootstrap.get(subject.namespace, ())
        if any(matches_group(each, subject.identity.group) for each in groups):
            yield subject.namespace


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
        _judge,
    ),
)
