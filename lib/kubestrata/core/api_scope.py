"""Cluster-scoped kinds and built-in groups, from knowledge and the index of the bindings."""

from __future__ import annotations

from functools import cache

from kubestrata.knowledge import knowledge


@cache
def _bound_cluster_scoped() -> frozenset[tuple[str, str]]:
    """Return the cluster-scoped kinds of the bindings; the first folder with a kind decides."""
    import json  # noqa: PLC0415  # few need it, and every import of a kind would load it

    from kubestrata.core.bindings_path import binding_folders  # noqa: PLC0415  # same

    namespaced: dict[tuple[str, str], bool] = {}
    for folder in binding_folders():
        index = folder / "_index.json"
        for one in json.loads(index.read_text(encoding="utf-8")) if index.exists() else ():
            namespaced.setdefault((one["group"], one["kind"]), one["namespaced"])
    return frozenset(kind for kind, has_namespace in namespaced.items() if not has_namespace)


def is_cluster_scoped(group: str, kind: str) -> bool:
    """Return True if a kind is cluster-scoped; an unknown one is assumed to be namespaced."""
    if not knowledge().kind(group, kind).namespaced:
        return True
    return not is_built_in(group) and (group, kind) in _bound_cluster_scoped()


def is_built_in(group: str) -> bool:
    """Return True if every Kubernetes serves the group without a CustomResourceDefinition."""
    return knowledge().group(group).builtin
