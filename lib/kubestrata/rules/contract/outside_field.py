"""Needs in the fields that the knowledge files list: buckets, hosts, images, roles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.knowledge import KindSet, Knowledge, Outside
from kubestrata.rules.api_group import API_EXTENSIONS
from kubestrata.rules.contract.chart_values import chart_values
from kubestrata.rules.contract.image import image_name
from kubestrata.rules.contract.requirement import Requirement, Use, plain_name, use_of
from kubestrata.rules.contract.sort import IMAGE
from kubestrata.rules.field import value_at, values
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.workload.pod import pods_of

_POD, _VALUES = "PodSpec", "ChartValues"


class _Named(NamedTuple):
    name: str
    part: str
    source: str


def outside_needs(tree: ClusterTree) -> Iterator[Requirement]:
    """Yield the needs in the fields of all objects, without those that the tree satisfies."""
    found = tree.once(_found)
    made = {(need.sort, _last(need.name)) for fact, need in found if fact.made}
    seen: set[tuple[str, str, str, Use]] = set()
    for fact, need in found:
        # One fact may be more general than another, and name the same field.
        key = (need.sort, need.name, need.part, need.use)
        if not fact.made and key not in seen and (need.sort, _last(need.name)) not in made:
            seen.add(key)
            yield need


def _last(name: str) -> str:
    """Return the name in an ARN, which names an account too."""
    return name.rpartition("/")[2] if name.startswith("arn:") else name


def _found(tree: ClusterTree) -> Sequence[tuple[Outside, Requirement]]:
    return [*_in_objects(tree), *_in_pods(tree), *_in_values(tree)]


def _in_objects(tree: ClusterTree) -> Iterator[tuple[Outside, Requirement]]:
    for subject in tree.subjects:
        group, kind = subject.identity.group, subject.identity.kind
        if group == API_EXTENSIONS or subject.encrypted or subject.is_secret:
            continue
        for fact in _facts_of(tree.knowledge, group, kind):
            for need in _needs(fact, subject, subject.manifest, ""):
                yield fact, need


def _in_pods(tree: ClusterTree) -> Iterator[tuple[Outside, Requirement]]:
    facts = _facts_for(tree.knowledge, _POD)
    for pod in pods_of(tree):
        for fact in facts:
            for need in _needs(fact, pod.workload, pod.spec, pod.path):
                yield fact, need


def _in_values(tree: ClusterTree) -> Iterator[tuple[Outside, Requirement]]:
    facts = _facts_for(tree.knowledge, _VALUES)
    for each in chart_values(tree):
        for fact in facts:
            if not fact.charts or each.chart in fact.charts:
                for need in _needs(fact, each.subject, each.values, each.path):
                    yield fact, need


@cache
def _facts_for(knowledge: Knowledge, of: str) -> Sequence[Outside]:
    return [each for each in knowledge.outside if of in each.of]


@cache
def _kind_sets(knowledge: Knowledge) -> Sequence[tuple[KindSet, Outside]]:
    return [(KindSet(each.of), each) for each in knowledge.outside]


@cache
def _facts_of(knowledge: Knowledge, group: str, kind: str) -> Sequence[Outside]:
    several = _kind_sets(knowledge)
    return [fact for kinds, fact in several if (group, kind) in kinds or "*" in fact.of]


def _needs(fact: Outside, subject: Subject, root: Any, prefix: str) -> Iterator[Requirement]:
    for at in fact.at:
        for path, value in values(root, at):
            full = f"{prefix}.{path.lstrip('.')}" if prefix else path.lstrip(".")
            if fact.within and not re.search(fact.within, full, re.IGNORECASE):
                continue
            for end, name in _items(fact, subject, root, value):
                use = use_of(subject, full + end)
                yield Requirement(fact.sort, name.name, use, name.part, name.source)


def _items(fact: Outside, subject: Subject, root: Any, value: Any) -> Iterator[tuple[str, _Named]]:
    """Yield every name in a field, with the rest of its path."""
    if is_list(value):
        for index, item in enumerate(value):
            found_in = _items(fact, subject, root, item)
            yield from ((f"[{index}]{end}", one) for end, one in found_in)
        return
    if fact.where and not _matches(fact.where, value):
        return
    if fact.is_map:
        yield from _pairs(value)
    elif fact.text:
        yield "", _Named(fact.text, "", "")
    elif fact.sort == IMAGE:
        yield from _image(fact, value)
    elif fact.name:
        yield from _object(fact, subject, root, value)
    elif found := _match(fact, value):
        yield "", _Named(found, "", "")


def _pairs(value: Any) -> Iterator[tuple[str, _Named]]:
    for key, part in value.items() if is_mapping(value) else ():
        name = plain_name(f"{key}={part}")
        if name and isinstance(part, str | int):
            yield f".{key}", _Named(name, "", "")


def _object(fact: Outside, subject: Subject, root: Any, value: Any) -> Iterator[tuple[str, _Named]]:
    found = _match(fact, value_at(value, fact.name)) if is_mapping(value) else ""
    if found:
        part = plain_name(_first(fact.property, value))
        source = _source(_first(fact.source, value, root), subject.namespace)
        yield f".{fact.name}", _Named(found, part, source)


def _matches(where: Mapping[str, str], value: object) -> bool:
    return is_mapping(value) and all(value.get(key) == text for key, text in where.items())


def _image(fact: Outside, value: Any) -> Iterator[tuple[str, _Named]]:
    if not is_mapping(value) and not _match(fact, value):
        return
    image = image_name(value)
    if image is not None:
        yield "", _Named(image.repository, image.reference, "")


def _match(fact: Outside, value: object) -> str:
    """Return the name in a text, '' if it does not count."""
    text = plain_name(value)
    if not text or not fact.pattern:
        return text
    match = re.fullmatch(fact.pattern, text)
    return str(match["name"]) if match else ""


def _first(paths: Sequence[str], *values_: object) -> object:
    """Return the first value that is set at one of the paths."""
    for path in paths:
        for value in values_:
            for _, found in values(value, path):
                if found:
                    return found
    return None


def _source(value: object, namespace: str) -> str:
    """Return the text of a store: an object with name and kind, or a text."""
    if not is_mapping(value):
        return plain_name(value)
    name, kind = plain_name(value.get("name")), str(value.get("kind") or "SecretStore")
    home = "" if kind.startswith("Cluster") else namespace
    return f"{kind} {home}/{name}".replace(" /", " ") if name else ""
