"""Charts that are folders of the repository whose tree is read."""

from __future__ import annotations

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping
from kubestrata.core.source import ROOT_SOURCE
from kubestrata.gitops.source import normalized
from kubestrata.helm.store import ChartStore
from kubestrata.helm.stored_chart import StoredChart
from kubestrata.rules.api_group import SOURCE
from kubestrata.rules.release import ChartUse
from kubestrata.rules.subject import ClusterTree


def own_chart(tree: ClusterTree, use: ChartUse, store: ChartStore) -> StoredChart | None:
    """Return the chart in the folder that a release names, None if its source is another one.

    The source is this repository if a Kustomization that is read here has it, or one with its URL.
    Raises ImportSourceError if the folder is not a valid chart.
    """
    return store.in_repository(use.path) if is_own(tree, use) else None


def is_own(tree: ClusterTree, use: ChartUse) -> bool:
    """Return True if a chart is a folder of this repository."""
    if use.origin is None or not use.path:
        return False
    if tree.generated and _is_root(use.origin):
        return True
    own = tree.once(_own_sources)
    addresses = {_address(tree, each) for each in own}
    return use.origin in own or _address(tree, use.origin) in addresses


def _is_root(source: Identity) -> bool:
    """Return True for the source of the output, which has this name whatever delivers it."""
    return (source.kind, source.name) == ("GitRepository", ROOT_SOURCE)


def _own_sources(tree: ClusterTree) -> frozenset[Identity]:
    return frozenset(
        Identity(
            SOURCE,
            str(named.get("kind", "")),
            str(named.get("namespace") or each.subject.namespace),
            str(named.get("name", "")),
        )
        for each in tree.units.values()
        for named in [mapping(each.subject.spec.get("sourceRef"))]
        if named and each.objects
    )


def _address(tree: ClusterTree, source: Identity) -> str:
    """Return host and path of a source; the identity, which no other source has, if unknown."""
    found = tree.by_identity.get(source)
    url = "" if found is None else str(found.spec.get("url") or "")
    return normalized(url) if url else str(source)
