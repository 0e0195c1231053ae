"""Pods that may run outside the tree, and selectors of pods that are all known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubestrata.core.json_value import mapping
from kubestrata.rules.field import value_at
from kubestrata.rules.link.unseen import composed, hidden, is_operand, unseen
from kubestrata.rules.subject import ClusterTree

_INSTANCE = ("app.kubernetes.io/instance", "release")


def pods_hidden(tree: ClusterTree, namespace: str) -> bool:
    """Return True if unknown pods may run in a namespace."""
    about = unseen(tree)
    if hidden(tree, namespace) or namespace in about.composites:
        return True
    return namespace in about.operated or namespace in about.operators


def pods_known(tree: ClusterTree, namespace: str, selector: Mapping[str, Any]) -> bool:
    """Return True if every pod that a selector means is known.

    So it is where no unknown pods run, and where the selector names an instance: pods of operators
    and Compositions have the names of their objects there, or none.
    """
    return _are_known(tree, namespace, selector, unseen(tree).operated)


def labels_known(tree: ClusterTree, namespace: str, selector: Mapping[str, Any]) -> bool:
    """Return True if the labels of every pod that a selector means are known.

    `link/operated_pod.py` has those of which no more is known.
    """
    return _are_known(tree, namespace, selector, unseen(tree).unlabelled)


def _are_known(
    tree: ClusterTree,
    namespace: str,
    selector: Mapping[str, Any],
    operated: Mapping[str, tuple[str, ...]],
) -> bool:
    about = unseen(tree)
    is_hidden = hidden(tree, namespace)
    if not is_hidden and not any(
        namespace in each for each in (about.composites, operated, about.operators)
    ):
        return True
    labels = mapping(selector.get("matchLabels"))
    instance = next((str(labels[each]) for each in _INSTANCE if each in labels), "")
    if is_hidden or not instance or "${" in instance:
        return False
    if instance in tree.once(_instances).get(namespace, ()):
        return instance not in operated.get(namespace, ())
    if namespace in about.operators or composed(tree, namespace, instance):
        return False
    return not is_operand(instance, operated.get(namespace, ()))


def _instances(tree: ClusterTree) -> Mapping[str, set[str]]:
    """Return the instances that rendered releases are, by namespace."""
    found: dict[str, set[str]] = {}
    for each in tree.workloads:
        if each.chart is not None:
            labels = mapping(value_at(each.manifest, "spec.template.metadata.labels"))
            names = {str(labels[key]) for key in _INSTANCE if key in labels}
            found.setdefault(each.namespace, set()).update(names)
    return found
