"""Cluster-scoped kinds and built-in groups, from knowledge and the index of the bindings."""

from __future__ import annotations

from functools import cache

from kubestrata.knowledge import knowledge


@cache
def _bound() -> dict[tuple[str, str], bool]:
    """Return if the kinds of the bindings are namespaced; the first folder with a kind decides."""
    import json  # noqa: PLC0415  # few need it, and every import of a kind would load it

    from kubestrata.core.bindings_path import binding_folders  # noqa: PLC0415  # same

    namespaced: dict[tuple[str, str], bool] = {}
    for folder in binding_folders():
        index = folder / "_index.json"
        for one in json.loads(index.read_text(encoding="utf-8")) if index.exists() else ():
            namespaced.setdefault((one["group"], one["kind"]), one["namespaced"])
    return namespaced


def is_cluster_scoped(group: str, kind: str) -> bool:
    """Return True if a kind is cluster-scoped; an unknown one is assumed to be namespaced."""
    if not knowledge().kind(group, kind).namespaced:
        return True
    return not is_built_in(group) and _bound().get((group, kind)) is False


def is_scope_known(group: str, kind: str) -> bool:
    """Return True unless it is only assumed that a kind is namespaced."""
    known = not knowledge().kind(group, kind).namespaced or is_built_in(group)
    return known or (group, kind) in _bound()


def is_built_in(group: str) -> bool:
    """Return True if every Kubernetes serves the group without a CustomResourceDefinition."""
    return knowledge().group(group).builtin
