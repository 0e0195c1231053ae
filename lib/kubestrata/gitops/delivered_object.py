"""Objects as the cluster receives them: with their namespaces, and the values of variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msgspec.structs import replace

from kubestrata.core.api_scope import is_cluster_scoped
from kubestrata.core.envsubst import Lookup
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Manifest, mapping
from kubestrata.core.substitution import Substituted, substitute
from kubestrata.gitops.document import TreeDocument
from kubestrata.gitops.plugin_text import opened
from kubestrata.rules.placeholders import is_switched_off
from kubestrata.rules.subject import Subject
from kubestrata.rules.violation import Finding, Severity

Scopes: TypeAlias = Mapping[tuple[str, str], bool]
"""Group and kind -> True if namespaced, of the kinds that the tree itself defines."""


def object_of(document: TreeDocument, unit: Identity | None, scopes: Scopes) -> Subject:
    """Return an object as it is written; `unit` applies it."""
    manifest, place = document.manifest, document.place
    identity = _identity(manifest, scopes)
    return Subject(identity, manifest, place, unit, place.file, document.encrypted)


def substituted(
    subject: Subject, lookup: Lookup | None, scopes: Scopes
) -> tuple[Subject, tuple[Finding, ...]]:
    """Return an object with the values of variables, and the problems that these make."""
    if lookup is None or is_switched_off(subject):
        return subject, ()
    manifest = subject.manifest
    filled = substitute(manifest, lookup)
    found = tuple(_problems(subject, filled))
    if filled.manifest == manifest:
        return replace(subject, written=manifest, is_open=filled.is_open), found
    made = replace(
        subject,
        identity=_identity(filled.manifest, scopes),
        manifest=filled.manifest,
        written=manifest,
        retyped=filled.retyped,
        is_open=filled.is_open,
    )
    return made, found


def _problems(subject: Subject, filled: Substituted) -> Iterator[Finding]:
    fix = "quote it together with other text, or change its value"
    for path, text in (*filled.broken.items(), *filled.cut.items()):
        shown = "a variable" if subject.is_secret else text
        why, severity = f"the value of {shown} makes the YAML invalid", None
        if path in filled.cut:
            why, severity = f"YAML reads only a part of the value of {shown}", Severity.WARNING
        yield subject.finding(path, why, fix, severity)


def in_unit(subject: Subject, home: Identity, scopes: Scopes, *, fills: bool) -> Subject:
    """Return an object that `home` applies; one that `fills` in texts has plugins for it."""
    made = opened(subject.manifest) if fills and not subject.encrypted else None
    if made is None:
        return replace(subject, unit=home)
    return replace(
        subject,
        identity=_identity(made, scopes),
        manifest=made,
        unit=home,
        written=subject.manifest,
        is_open=True,
    )


def in_namespace(document: TreeDocument, namespace: str, scopes: Scopes) -> TreeDocument:
    """Return an object in the namespace of an Application's destination.

    One that is in a namespace, or whose kind has none, is returned as it is.
    """
    found = identity_of(document.manifest)
    if not namespace or found.namespace or not _is_namespaced(found, scopes):
        return document
    metadata = {**mapping(document.manifest.get("metadata")), "namespace": namespace}
    manifest = {**document.manifest, "metadata": metadata}
    return TreeDocument(manifest, document.place, document.encrypted)


def _identity(manifest: Manifest, scopes: Scopes) -> Identity:
    """Return the identity; the API server clears the namespace of cluster-scoped objects."""
    found = identity_of(manifest)
    if not found.namespace or _is_namespaced(found, scopes):
        return found
    return found._replace(namespace="")


def _is_namespaced(identity: Identity, scopes: Scopes) -> bool:
    declared = scopes.get((identity.group, identity.kind))
    return (
        declared if declared is not None else not is_cluster_scoped(identity.group, identity.kind)
    )
