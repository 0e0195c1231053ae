"""Namespaces that the tree makes, or that exist before it is delivered."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping, sequence
from kubestrata.knowledge import matches_group
from kubestrata.rules.api_group import ARGO, HELM
from kubestrata.rules.field import known
from kubestrata.rules.subject import ClusterTree, target_namespace


def made_namespaces(tree: ClusterTree) -> frozenset[str]:
    """Return the namespaces that the tree declares, or that what applies it makes."""
    return tree.once(_all)


def is_of_others(tree: ClusterTree, namespace: str) -> bool:
    """Return True if something else makes a namespace, and perhaps what is missing in it."""
    if not known(namespace) or tree.knowledge.namespace(namespace) is not None:
        return False
    return namespace not in made_namespaces(tree)


def _all(tree: ClusterTree) -> frozenset[str]:
    declared = (each.identity.name for each in tree.of_kind("", "Namespace"))
    before = (each.name for each in tree.external if each.kind == "Namespace")
    return frozenset((*declared, *before, *_made(tree)))


def _made(tree: ClusterTree) -> Iterator[str]:
    bootstrap = {name: each.groups for name, each in tree.knowledge.namespaces.items()}
    for release in tree.of_kind(HELM, "HelmRelease"):
        if mapping(release.spec.get("install")).get("createNamespace"):
            yield target_namespace(release)
    delivered = [each.subject for each in tree.units.values()]
    for application in (*tree.of_kind(ARGO, "Application"), *delivered):
        options = sequence(mapping(application.spec.get("syncPolicy")).get("syncOptions"))
        if "CreateNamespace=true" in options:
            yield str(mapping(application.spec.get("destination")).get("namespace"))
    # A bootstrap makes the namespace of what applies the tree itself.
    yield from (each.identity.namespace for each in tree.units.values() if each.parent is None)
    for first in tree.of_kind(ARGO, "Application", "ApplicationSet"):
        if first.unit is None:  # in the namespace of Argo CD itself
            yield first.namespace
    for subject in tree.subjects:
        groups = bootstrap.get(subject.namespace, ())
        if any(matches_group(each, subject.identity.group) for each in groups):
            yield subject.namespace
