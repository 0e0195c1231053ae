"""V10: an object is not too large for the way in which it is applied."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kubestrata.core.json_value import mapping
from kubestrata.core.server_limit import MOST_ANNOTATION_BYTES, MOST_CONFIG_BYTES
from kubestrata.rules.argo_sync import REPLACE, SERVER_SIDE, application_of, sync_options
from kubestrata.rules.field import mapping_at
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_STORED = 1_572_864
"""Bytes of a request that etcd accepts unless it is configured otherwise."""
_TEMPLATES = 2
"""Templates in each other: a CronJob has one of Jobs, which have one of pods."""
_NO_COPY = 3
"""A character is at most three times as long in the copy."""


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for subject in tree.subjects:
        length = len(str(subject.manifest))
        if length * _NO_COPY < MOST_ANNOTATION_BYTES:
            continue
        stored = _values_size(subject)
        size = len(json.dumps(subject.manifest, separators=(",", ":"), default=str).encode())
        if size > _STORED:
            message = f"has {size} bytes; etcd accepts {_STORED}"
            yield subject.finding("", message, "split it")
        elif stored > MOST_CONFIG_BYTES:
            message = f"has values of {stored} bytes; the API server accepts {MOST_CONFIG_BYTES}"
            yield subject.finding("", message, "split it")
        elif (annotated := _annotations_size(subject)) > MOST_ANNOTATION_BYTES:
            message = (
                f"has annotations of {annotated} bytes; the API server accepts "
                f"{MOST_ANNOTATION_BYTES}"
            )
            yield subject.finding("", message, "put the text into a ConfigMap")
        elif size > MOST_ANNOTATION_BYTES and _is_copied(tree, subject):
            message = (
                f"has {size} bytes, and its copy in the annotation last-applied-configuration may "
                f"have {MOST_ANNOTATION_BYTES}"
            )
            yield subject.finding("", message, "set the sync option ServerSideApply=true")


def _annotations_size(subject: Subject) -> int:
    """Return the bytes of the annotations of an object, or of its pods if they have more."""
    found = 0
    part: object = subject.manifest
    for _ in range(_TEMPLATES + 1):
        annotations = mapping_at(part, "metadata.annotations")
        size = sum(len(key.encode()) + len(str(each).encode()) for key, each in annotations.items())
        found = max(found, size)
        spec = mapping_at(part, "spec")
        part = spec.get("jobTemplate") or spec.get("template")
    return found


def _values_size(subject: Subject) -> int:
    """Return the bytes of the values of a ConfigMap or Secret, 0 for another kind."""
    kind = (subject.identity.group, subject.identity.kind)
    if kind not in (("", "ConfigMap"), ("", "Secret")):
        return 0
    encoded = "binaryData" if kind[1] == "ConfigMap" else "data"
    plain = "data" if kind[1] == "ConfigMap" else "stringData"
    texts = mapping(subject.manifest.get(plain)).values()
    coded = mapping(subject.manifest.get(encoded)).values()
    size = sum(len(str(each).encode()) for each in texts)
    return size + sum(len(str(each).rstrip("=")) * 3 // 4 for each in coded)


def _is_copied(tree: ClusterTree, subject: Subject) -> bool:
    """Return True if Argo CD applies an object as kubectl does, with a copy in an annotation."""
    application = application_of(tree, subject)
    if application is None:
        return False
    return not {REPLACE, SERVER_SIDE} & {*sync_options(application, subject)}


RULES = (
    Rule(
        "V10",
        "an object is not too large for the way in which it is applied",
        "the API server rejects it",
        _check,
        in_charts=Severity.ERROR,
    ),
)
