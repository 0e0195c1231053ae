"""Monitors, and the Services or pods that they select."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from kubestrata.core.json_value import mapping, sequence
from kubestrata.knowledge import KindName
from kubestrata.rules.selector import LabelIndex, Labelled
from kubestrata.rules.subject import ClusterTree, Subject

_One = TypeVar("_One", bound=Labelled)


def monitors(tree: ClusterTree, selects: str) -> Iterator[tuple[Subject, str]]:
    """Yield the monitors that select Pods, or Services, with the field of their endpoints."""
    for fact in tree.knowledge.monitors:
        if fact.selects == selects:
            for kind in fact.of:
                for monitor in tree.of_kind(*KindName.parse(kind)):
                    yield monitor, fact.endpoints


def monitored_namespaces(monitor: Subject) -> list[str] | None:
    """Return the namespaces that a monitor selects, None for all."""
    selector = mapping(monitor.spec.get("namespaceSelector"))
    if selector.get("any"):
        return None
    return [str(each) for each in sequence(selector.get("matchNames"))] or [monitor.namespace]


def selected(monitor: Subject, index: LabelIndex[_One]) -> list[_One]:
    """Return the objects that a monitor selects in its namespaces, none if it selects in all."""
    selector = mapping(monitor.spec.get("selector"))
    # A monitor of all namespaces may mean an object outside the tree.
    namespaces = monitored_namespaces(monitor) or ()
    return [each for here in namespaces for each in index.selected(here, selector)]
