"""The namespace of objects that have none: Argo CD applies them to that of the destination."""

from __future__ import annotations

from collections.abc import Mapping

from kubestrata.core.api_scope import is_cluster_scoped
from kubestrata.core.identity import identity_of
from kubestrata.core.json_value import mapping
from kubestrata.gitops.document import TreeDocument


def in_namespace(
    document: TreeDocument, namespace: str, scopes: Mapping[tuple[str, str], bool]
) -> TreeDocument:
    """Return an object in a namespace, unless it is in one or its kind has none.

    `scopes` has True for the namespaced kinds that the tree itself defines.
    """
    found = identity_of(document.manifest)
    kind = found.group, found.kind
    if not namespace or found.namespace:
        return document
    if not scopes.get(kind, not is_cluster_scoped(*kind)):
        return document
    metadata = {**mapping(document.manifest.get("metadata")), "namespace": namespace}
    manifest = {**document.manifest, "metadata": metadata}
    return TreeDocument(manifest, document.place, document.encrypted)
