"""Cluster-scoped kinds and built-in groups, from knowledge and the index of the bindings."""

from __future__ import annotations

from functools import cache

from kubestrata.knowledge import knowledge


@cache
def _bound_cluster_scoped() -> frozenset[tuple[str, str]]:
    """Return the cluster-scoped kinds of the installed bindings, none if none are installed."""
    import importlib.util  # noqa: PLC0415  # every import of a kind would pay for what few need
    import json  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    spec = importlib.util.find_spec("kubeapis")
    index = Path(spec.origin).with_name("_index.json") if spec and spec.origin else None
    if index is None or not index.exists():
        return frozenset()
    kinds = json.loads(index.read_text(encoding="utf-8"))
    return frozenset((one["group"], one["kind"]) for one in kinds if not one["namespaced"])


def is_cluster_scoped(group: str, kind: str) -> bool:
    """Return True if a kind takes no namespace; an unknown one is taken to have one."""
    if not knowledge().kind(group, kind).namespaced:
        return True
    return not is_built_in(group) and (group, kind) in _bound_cluster_scoped()


def is_built_in(group: str) -> bool:
    """Return True if every Kubernetes serves the group without a CustomResourceDefinition."""
    return knowledge().group(group).builtin
