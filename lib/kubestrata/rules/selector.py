"""Label selectors, and objects by label: a namespace may hold thousands of pods and Services."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from kubestrata.core.alike import Names
from kubestrata.core.json_value import mapping, sequence


class Labelled(Protocol):
    """An object with labels in a namespace: a Service, the pods of a workload."""

    @property
    def namespace(self) -> str: ...
    @property
    def labels(self) -> Mapping[str, Any]: ...


NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label of every namespace, whose value is its name."""
_One = TypeVar("_One", bound=Labelled)


def selects(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """Return True if a LabelSelector admits labels; an empty one admits all."""
    wanted = mapping(selector.get("matchLabels"))
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    return all(
        _expressed(mapping(each), labels) for each in sequence(selector.get("matchExpressions"))
    )


def selector_keys(selector: Mapping[str, Any]) -> list[str]:
    """Return the label keys that a LabelSelector has conditions for."""
    expressions = sequence(selector.get("matchExpressions"))
    labels = map(str, mapping(selector.get("matchLabels")))
    return [*labels, *(str(mapping(each).get("key")) for each in expressions)]


def without_keys(selector: Mapping[str, Any], prefixes: tuple[str, ...]) -> dict[str, Any]:
    """Return a LabelSelector without its conditions on labels with some beginnings."""
    expressions = map(mapping, sequence(selector.get("matchExpressions")))
    return {
        "matchLabels": {
            key: value
            for key, value in mapping(selector.get("matchLabels")).items()
            if not key.startswith(prefixes)
        },
        "matchExpressions": [
            each for each in expressions if not str(each.get("key")).startswith(prefixes)
        ],
    }


def _expressed(expression: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    key, values = str(expression.get("key")), sequence(expression.get("values"))
    present = key in labels
    match expression.get("operator"):
        case "In":
            return present and labels[key] in values
        case "NotIn":
            return not present or labels[key] not in values
        case "Exists":
            return present
        case "DoesNotExist":
            return not present
        case _:
            return False


class LabelIndex(Generic[_One]):
    """Objects by namespace and label."""

    def __init__(self, objects: Iterable[_One]) -> None:
        self._all: dict[str, list[_One]] = {}
        self._labelled: dict[tuple[str, str, str], list[_One]] = {}
        self._known: dict[tuple[str, str], Sequence[_One]] = {}
        for each in objects:
            self._all.setdefault(each.namespace, []).append(each)
            for key, value in each.labels.items():
                self._labelled.setdefault((each.namespace, key, str(value)), []).append(each)

    def selected(self, namespace: str, selector: Mapping[str, Any]) -> Sequence[_One]:
        """Return the objects that a LabelSelector selects; equal selectors get the same list."""
        asked = namespace, json.dumps(selector, sort_keys=True, default=str)
        if asked not in self._known:
            self._known[asked] = self._selected(namespace, selector)
        return self._known[asked]

    def _selected(self, namespace: str, selector: Mapping[str, Any]) -> Sequence[_One]:
        found = self._all.get(namespace, [])
        for key, value in mapping(selector.get("matchLabels")).items():
            found = min(found, self._labelled.get((namespace, key, str(value)), []), key=len)
        return [each for each in found if selects(selector, each.labels)]

    def values(self, namespace: str, key: str) -> Names:
        """Return the values that the objects of a namespace have of one label."""
        return self._values.get((namespace, key), _NONE)

    @cached_property
    def _values(self) -> Mapping[tuple[str, str], Names]:
        found: dict[tuple[str, str], list[str]] = {}
        for namespace, key, value in self._labelled:
            found.setdefault((namespace, key), []).append(value)
        return {each: Names(values) for each, values in found.items()}


_NONE = Names(())
