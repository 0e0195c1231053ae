"""V10: an object is not too large for the way in which it is applied."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject, Unit
from kubestrata.rules.violation import Finding, Severity

_ANNOTATIONS = 262_144
"""Bytes of all annotations of an object together."""
_STORED = 1_572_864
"""Bytes of a request that etcd accepts unless it is configured otherwise."""
_OPTIONS = "argocd.argoproj.io/sync-options"
_SERVER_SIDE = ("ServerSideApply=true", "Replace=true")
_NO_COPY = 3
"""A character is at most three times as long in the copy."""


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for subject in tree.subjects:
        length = len(str(subject.manifest))
        if length * _NO_COPY < _ANNOTATIONS:
            continue
        size = len(json.dumps(subject.manifest, separators=(",", ":"), default=str).encode())
        if size > _STORED:
            message = f"has {size} bytes; etcd accepts {_STORED}"
            yield subject.finding("", message, "split it")
        elif size > _ANNOTATIONS and _is_copied(tree, subject):
            message = (
                f"has {size} bytes, and its copy in the annotation last-applied-configuration may "
                f"have {_ANNOTATIONS}"
            )
            yield subject.finding("", message, "set the sync option ServerSideApply=true")


def _is_copied(tree: ClusterTree, subject: Subject) -> bool:
    """Return True if Argo CD applies an object as kubectl does, with a copy in an annotation."""
    unit = tree.units.get(subject.unit) if subject.unit is not None else None
    if unit is None or unit.identity.group != "argoproj.io":
        return False
    return not any(each in _SERVER_SIDE for each in _options(unit, subject))


def _options(unit: Unit, subject: Subject) -> Iterator[str]:
    policy = mapping(unit.subject.spec.get("syncPolicy"))
    own = str(subject.annotations.get(_OPTIONS, "")).split(",")
    return (str(each).strip() for each in chain(sequence(policy.get("syncOptions")), own))


RULES = (
    Rule(
        "V10",
        "an object is not too large for the way in which it is applied",
        "the API server rejects it",
        _judge,
        in_charts=Severity.ERROR,
    ),
)
