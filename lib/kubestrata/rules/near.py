"""Fixes for names that do not exist: the closest existing ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kubestrata.core.alike import Names, alike
from kubestrata.rules.subject import ClusterTree, pod_labels

_MOST = 5


def closest(name: str, candidates: Names | Iterable[str]) -> list[str]:
    """Return the names that resemble one; if none does, all of a few."""
    known = candidates if isinstance(candidates, Names) else Names(candidates)
    few = list(known.ordered) if len(known.ordered) <= _MOST else []
    return alike(name, known, count=3) or few


def near(name: str, candidates: Names | Iterable[str], verb: str = "name") -> str:
    """Return `name web` or `name one of web, api`; '' if no name is close."""
    found = closest(name, candidates)
    return f"{verb} {'one of ' if len(found) > 1 else ''}{', '.join(found)}" if found else ""


def near_label(tree: ClusterTree, namespace: str, selector: Mapping[str, Any]) -> str:
    """Return the label of a namespace's pods that a selector probably means."""
    labels = tree.once(_labels)
    for key, value in sorted(selector.items()):
        has = labels.get((namespace, key))
        if has is not None and str(value) not in has[0]:
            found = [f"{key}={each}" for each in closest(str(value), has[1])]
            return f"select {' or '.join(found)}" if found else ""
    return ""


def _labels(tree: ClusterTree) -> Mapping[tuple[str, str], tuple[frozenset[str], Names]]:
    """Return the values that pods have of each label, by namespace and key."""
    found: dict[tuple[str, str], set[str]] = {}
    for workload in tree.workloads:
        for key, value in pod_labels(workload).items():
            found.setdefault((workload.namespace, key), set()).add(str(value))
    return {each: (frozenset(values), Names(values)) for each, values in found.items()}
