"""Names, labels and annotations, as the API server accepts them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from kubestrata.core.errors import InvalidName
from kubestrata.core.json_value import is_mapping, mapping
from kubestrata.core.names import check_object_name, check_subdomain
from kubestrata.rules.subject import Subject
from kubestrata.rules.workload.pod import pod_template
from kubestrata.schema import Fault, dotted, shown

_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_ANNOTATIONS = 256 * 1024
_NAME_RULES = "letters, digits, '-', '_' and '.', beginning and ending with a letter or digit"
_LABEL_RULES = "lower-case letters, digits and '-', beginning and ending with a letter or digit"


def is_open(value: object) -> bool:
    """Return True if substitution still has to fill in a text."""
    return isinstance(value, str) and "${" in value


def label_problem(name: object) -> str:
    """Return why a name is not a valid RFC 1123 label, '' if it is one."""
    if not isinstance(name, str) or is_open(name):
        return ""
    if len(name) > 63:
        return f"{shown(name)} has {len(name)} characters; 63 are allowed"
    return "" if _LABEL.fullmatch(name) else f"{shown(name)} must be {_LABEL_RULES}"


def name_faults(subject: Subject) -> Iterator[Fault]:
    """Yield the problems with the name and the namespace of an object."""
    identity = subject.identity
    if not identity.name:
        yield Fault("metadata.name", "is not set", "name the object")
    elif not is_open(identity.name):
        why = _refused(identity.group, identity.kind, identity.name)
        if why:
            yield Fault("metadata.name", why)
        elif identity.kind == "Service" and not identity.group and identity.name[0].isdigit():
            yield Fault("metadata.name", f"{shown(identity.name)} must begin with a letter")
        elif identity.kind == "CronJob" and len(identity.name) > 52:
            message = (
                f"has {len(identity.name)} characters; 52 are allowed, as the time of a "
                "run is appended"
            )
            yield Fault("metadata.name", message)
    why = label_problem(identity.namespace or None)
    if why:
        yield Fault("metadata.namespace", why)


@lru_cache(maxsize=100_000)
def _refused(group: str, kind: str, name: str) -> str:
    try:
        check_object_name(group, kind, name, where="")
    except InvalidName as refusal:
        return f"{shown(name)} {refusal.why}"
    return ""


def metadata_faults(subject: Subject) -> Iterator[Fault]:
    """Yield the problems with labels and annotations, those of the pods too."""
    yield from _both("metadata", mapping(subject.manifest.get("metadata")))
    path, template = pod_template(subject)
    if path and template:
        yield from _both(f"{path}.metadata", mapping(template.get("metadata")))


def _both(path: str, metadata: Mapping[str, Any]) -> Iterator[Fault]:
    labels, annotations = metadata.get("labels"), metadata.get("annotations")
    if labels:
        yield from label_faults(f"{path}.labels", labels)
    if is_mapping(annotations):
        yield from _annotations(f"{path}.annotations", annotations)


def label_faults(path: str, labels: object) -> Iterator[Fault]:
    """Yield the problems with the keys and values of labels, or of a selector."""
    for key, value in mapping(labels).items():
        why = _key(key) or (_value(value) if isinstance(value, str) else "")
        if why:
            yield Fault(f"{path}{_step(key)}", why)


def _annotations(path: str, annotations: dict[str, Any]) -> Iterator[Fault]:
    for key in annotations:
        why = _key(key.lower())
        if why:
            yield Fault(f"{path}{_step(key)}", why)
    size = sum(len(key) + len(str(value)) for key, value in annotations.items())
    if size > _ANNOTATIONS:
        yield Fault(path, f"have {size} characters together; {_ANNOTATIONS} are allowed")


def _step(key: str) -> str:
    return dotted([".", key]).removeprefix('["."]')


@lru_cache(maxsize=10_000)
def _key(key: str) -> str:
    if is_open(key):
        return ""
    prefix, slash, name = key.rpartition("/")
    if slash:
        try:
            check_subdomain("", prefix, where="")
        except InvalidName as refusal:
            return f"the part before '/' {refusal.why}"
    if len(name) > 63:
        return f"the name has {len(name)} characters; 63 are allowed"
    return "" if _NAME.fullmatch(name) else f"the key must be {_NAME_RULES}"


@lru_cache(maxsize=10_000)
def _value(value: str) -> str:
    if not value or is_open(value):
        return ""
    if len(value) > 63:
        return f"{shown(value)} has {len(value)} characters; 63 are allowed"
    return "" if _NAME.fullmatch(value) else f"{shown(value)} must be {_NAME_RULES}"
