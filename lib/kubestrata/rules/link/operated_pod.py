"""Pods that operators run for custom resources, of which only the labels are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from kubestrata.core.json_value import mapping
from kubestrata.rules.field import value_at
from kubestrata.rules.selector import LabelIndex
from kubestrata.rules.subject import ClusterTree


class OperatedPod(NamedTuple):
    """The pods that an operator runs for an object, as far as they are known."""

    namespace: str
    labels: Mapping[str, Any]


def operated_pods(tree: ClusterTree) -> LabelIndex[OperatedPod]:
    """Return the pods that operators run, if their labels are known."""
    return tree.once(_operated_pods)


def _operated_pods(tree: ClusterTree) -> LabelIndex[OperatedPod]:
    found: list[OperatedPod] = []
    for (group, kind), fact in tree.knowledge.labelled_operands.items():
        for each in tree.of_kind(group, kind):
            for field, part in fact.parts.items() or [("", "")]:
                if field and field not in each.spec:
                    continue
                words = {"{name}": each.identity.name, "{kind}": kind.lower(), "{part}": part}
                own = {key: _filled(text, words) for key, text in fact.pod_labels.items()}
                body = each.spec.get(field) if field else each.manifest
                more = mapping(value_at(mapping(body), fact.pod_labels_at))
                found += (
                    OperatedPod(each.namespace, {**more, **own, **some})
                    for some in _some(fact.some_pod_labels)
                )
    return LabelIndex(found)


def _some(labels: Mapping[str, Sequence[str]]) -> Iterator[dict[str, str]]:
    """Yield each combination of labels that a pod may have, none among them."""
    choices = [[None, *values] for values in labels.values()]
    for chosen in product(*choices):
        pairs = zip(labels, chosen, strict=True)
        yield {key: value for key, value in pairs if value is not None}


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text
