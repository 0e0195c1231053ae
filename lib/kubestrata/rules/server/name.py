"""Names, labels, annotations and finalizers, as the API server accepts them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from kubestrata.core.api_scope import is_built_in
from kubestrata.core.errors import InvalidName
from kubestrata.core.json_value import is_mapping, mapping, sequence
from kubestrata.core.names import check_object_name, is_named_by_path_segment
from kubestrata.rules.api_group import API_EXTENSIONS
from kubestrata.rules.subject import Subject
from kubestrata.schema import Fault, dotted, is_open, shown, syntax_problem

_ANNOTATIONS = 256 * 1024
# Built-in groups whose finalizers need no domain in their names.
_GENERIC = frozenset({"admissionregistration.k8s.io", API_EXTENSIONS})


def name_faults(subject: Subject, *, substituted: bool) -> Iterator[Fault]:
    """Yield the problems with the name and the namespace of an object."""
    identity, metadata = subject.identity, mapping(subject.manifest.get("metadata"))
    for field in ("name", "namespace"):
        given = metadata.get(field)
        if given is not None and not isinstance(given, str):
            message = f"must be a string, not {shown(given)}"
            yield Fault(f"metadata.{field}", message, "quote it" if isinstance(given, int) else "")
    if not identity.name:
        yield Fault("metadata.name", "is not set", "name the object")
    elif not (substituted and is_open(identity.name)):
        why = _refused(identity.group, identity.kind, identity.name)
        if why:
            yield Fault("metadata.name", why)
    if not (substituted and is_open(identity.namespace)):
        why = syntax_problem("DNS label", identity.namespace)
        if why:
            yield Fault("metadata.namespace", why)


@lru_cache(maxsize=100_000)
def _refused(group: str, kind: str, name: str) -> str:
    if is_named_by_path_segment(group, kind):
        return syntax_problem("path segment", name)
    try:
        check_object_name(group, kind, name, where="")
    except InvalidName as refusal:
        return f"{shown(name)} is not a valid name: {refusal.why}"
    return ""


def metadata_faults(subject: Subject, *, substituted: bool) -> Iterator[Fault]:
    """Yield the problems with labels, annotations and finalizers."""
    metadata = mapping(subject.manifest.get("metadata"))
    labels, annotations = metadata.get("labels"), metadata.get("annotations")
    if is_mapping(labels):
        yield from _entries("labels", "label key", labels, labels, substituted=substituted)
        values = labels.values()
        yield from _entries("labels", "label value", labels, values, substituted=substituted)
    if is_mapping(annotations):
        keys = annotations.keys()
        yield from _entries("annotations", "annotation key", keys, keys, substituted=substituted)
        size = sum(len(key) + len(str(value)) for key, value in annotations.items())
        if size > _ANNOTATIONS:
            message = f"have {size} characters together; {_ANNOTATIONS} are allowed"
            yield Fault("metadata.annotations", message)
    yield from _finalizers(subject, metadata)


def _entries(
    field: str, syntax: str, keys: Iterable[str], texts: Iterable[Any], *, substituted: bool
) -> Iterator[Fault]:
    for key, text in zip(keys, texts, strict=True):
        why = "" if substituted and is_open(text) else syntax_problem(syntax, text)
        if why:
            yield Fault(dotted(["metadata", field, key]), why)


def _finalizers(subject: Subject, metadata: Mapping[str, Any]) -> Iterator[Fault]:
    group = subject.identity.group
    core = is_built_in(group) and group not in _GENERIC
    for index, name in enumerate(sequence(metadata.get("finalizers"))):
        why = syntax_problem("core finalizer" if core else "qualified name", name)
        if why:
            yield Fault(dotted(["metadata", "finalizers", index]), why)
