"""Objects by selector, through an index: a namespace may hold thousands of pods and Services."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kubestrata.core.json_value import mapping
from kubestrata.rules.subject import ClusterTree, Subject, pod_labels, selects

_Labels = Callable[[Subject], Mapping[str, Any]]


class _Index:
    """Subjects by namespace and label; equal selectors get the same list."""

    def __init__(self, subjects: Iterable[Subject], labels: _Labels) -> None:
        self._labels = labels
        self._by_label: dict[tuple[str, str, str], list[Subject]] = {}
        self._known: dict[tuple[str, str], list[Subject]] = {}
        for subject in subjects:
            self._by_label.setdefault((subject.namespace, "", ""), []).append(subject)
            for key, value in labels(subject).items():
                at = subject.namespace, key, str(value)
                self._by_label.setdefault(at, []).append(subject)

    def selected(self, namespace: str, selector: Mapping[str, Any]) -> list[Subject]:
        asked = namespace, json.dumps(selector, sort_keys=True, default=str)
        if asked not in self._known:
            self._known[asked] = self._selected(namespace, selector)
        return self._known[asked]

    def _selected(self, namespace: str, selector: Mapping[str, Any]) -> list[Subject]:
        wanted = mapping(selector.get("matchLabels"))
        candidates: Sequence[Subject] = self._by_label.get((namespace, "", ""), ())
        for key, value in wanted.items():
            having = self._by_label.get((namespace, key, str(value)), ())
            candidates = min(candidates, having, key=len)
        return [each for each in candidates if selects(selector, self._labels(each))]


def _pods(tree: ClusterTree) -> _Index:
    return _Index(tree.workloads, pod_labels)


def _labels(subject: Subject) -> Mapping[str, Any]:
    return subject.labels


def _services(tree: ClusterTree) -> _Index:
    return _Index(tree.of_kind("", "Service"), _labels)


def pods_of(tree: ClusterTree, namespace: str, selector: Mapping[str, Any]) -> list[Subject]:
    """Return the workloads of a namespace with selected pods; the list is not to be changed."""
    return tree.once(_pods).selected(namespace, selector)


def services_of(tree: ClusterTree, namespace: str, selector: Mapping[str, Any]) -> list[Subject]:
    """Return the selected Services of a namespace; the list is not to be changed."""
    return tree.once(_services).selected(namespace, selector)
