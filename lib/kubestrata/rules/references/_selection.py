"""What selectors select, found by label: a namespace may hold thousands of pods and Services."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kubestrata.core.json_value import mapping
from kubestrata.rules.subject import ClusterTree, Subject, pod_labels, selects

_Index = Mapping[tuple[str, str, str], list[Subject]]
_Labels = Callable[[Subject], Mapping[str, Any]]


def _index(subjects: Iterable[Subject], labels: _Labels) -> _Index:
    found: dict[tuple[str, str, str], list[Subject]] = {}
    for subject in subjects:
        found.setdefault((subject.namespace, "", ""), []).append(subject)
        for key, value in labels(subject).items():
            found.setdefault((subject.namespace, key, str(value)), []).append(subject)
    return found


def _pods(tree: ClusterTree) -> _Index:
    return _index(tree.workloads, pod_labels)


def _labels(subject: Subject) -> Mapping[str, Any]:
    return subject.labels


def _services(tree: ClusterTree) -> _Index:
    return _index(tree.of_kind("", "Service"), _labels)


def _selected(
    index: _Index, namespace: str, selector: Mapping[str, Any], labels: _Labels
) -> list[Subject]:
    wanted = mapping(selector.get("matchLabels"))
    candidates: Sequence[Subject] = index.get((namespace, "", ""), ())
    for key, value in wanted.items():
        having = index.get((namespace, key, str(value)), ())
        candidates = min(candidates, having, key=len)
    return [each for each in candidates if selects(selector, labels(each))]


def pods_of(tree: ClusterTree, namespace: str, selector: Mapping[str, Any]) -> list[Subject]:
    """The workloads of a namespace whose pods a selector selects."""
    return _selected(tree.once(_pods), namespace, selector, pod_labels)


def services_of(tree: ClusterTree, namespace: str, selector: Mapping[str, Any]) -> list[Subject]:
    """The Services of a namespace that a selector selects."""
    return _selected(tree.once(_services), namespace, selector, _labels)
