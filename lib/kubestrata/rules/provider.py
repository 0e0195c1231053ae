"""Installers of the CRDs that an object needs, and their time in the order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubestrata.core.api_scope import is_built_in
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping
from kubestrata.rules.api_group import API_EXTENSIONS, ARGO, SOURCE
from kubestrata.rules.subject import ClusterTree, Subject

CRD = (API_EXTENSIONS, "CustomResourceDefinition")
_BOOTSTRAP = ("gotk-components.yaml", "gotk-sync.yaml")
_ARGO_CD = frozenset({"AppProject", "Application", "ApplicationSet"})
_GITHUB = re.compile(
    r"(?:github(?:usercontent)?\.com[/:]|ghcr\.io/)([\w.-]+/[\w.-]+?)(?:\.git)?(?:[/?#\s]|$)"
)


class Provider(Frozen):
    """An installer of the CRDs of a group, and the unit that it belongs to."""

    identity: Identity
    unit: Identity | None


def provider_of(tree: ClusterTree, group: str) -> Provider | None:
    """Return the provider of a group; None for built-in groups and unknown installers."""
    identity = tree.provides.get(group)
    if is_built_in(group) or group in tree.given_groups or identity is None:
        return None
    if identity in tree.units:
        return Provider(identity, identity)
    subject = tree.by_identity.get(identity)
    return Provider(identity, subject.unit if subject is not None else None)


def custom(tree: ClusterTree) -> Iterator[Subject]:
    """Yield every object of the tree itself whose kind only a CRD defines.

    The kinds of Argo CD exist wherever it applies one; other projects share their group.
    """
    by_argo = any(unit.group == ARGO for unit in tree.units)
    for subject in tree.subjects:
        group = subject.identity.group
        if subject.chart is not None or not group or is_built_in(group):
            continue
        if not (by_argo and group == ARGO and subject.identity.kind in _ARGO_CD):
            yield subject


def is_closed(tree: ClusterTree) -> bool:
    """Return True if every other possible installer brings certain CRDs and nothing else."""
    return all(
        each.what in _BOOTSTRAP or repository_of(each.what) in tree.knowledge.repositories
        for each in tree.unchecked
        if each.hides
    )


def source_reference(unit: Subject) -> Identity:
    """Return the identity of the source that a Kustomization names."""
    named = mapping(unit.spec.get("sourceRef"))
    space = str(named.get("namespace") or unit.namespace)
    return Identity(SOURCE, str(named.get("kind", "")), space, str(named.get("name", "")))


def source_address(tree: ClusterTree, unit: Subject) -> str:
    """Return the URL of a Kustomization's source, '' if that is not in the tree."""
    source = tree.by_identity.get(source_reference(unit))
    return str(source.spec.get("url") or source.spec.get("endpoint") or "") if source else ""


def repository_of(address: str) -> str:
    """Return `owner/name` of a GitHub URL, or of an image there, '' for others."""
    found = _GITHUB.search(address)
    return found[1] if found else ""
