"""Selectors of namespaces, by their labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubestrata.rules.selector import NAMESPACE_NAME, selector_keys, selects
from kubestrata.rules.subject import ClusterTree


def may_select_namespace(tree: ClusterTree, selector: Mapping[str, Any], name: str) -> bool:
    """Return True if a selector selects a namespace; one without manifest may have any label."""
    declared = tree.get("", "Namespace", "", name)
    labels = {**(declared.labels if declared else {}), NAMESPACE_NAME: name}
    if declared is None and not set(selector_keys(selector)) <= set(labels):
        return True
    return selects(selector, labels)
