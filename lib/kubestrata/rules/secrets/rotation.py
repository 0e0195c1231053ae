"""X04: a generated value that a program keeps is generated once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import EXTERNAL_SECRETS, HELM
from kubestrata.rules.duration import seconds_of
from kubestrata.rules.field import mapping_at, value_at, values
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import pods_of

_SECRETS, _GENERATORS = EXTERNAL_SECRETS, "generators.external-secrets.io"
# Each refresh of these makes another value, which nothing but the Secret knows.
_RANDOM = ("Password", "SSHKey", "UUID")
_ONCE = ("CreatedOnce", "OnChange")
# Source: ExternalSecret spec.refreshInterval.
_DEFAULT = "1h"
# Before refresh policies, a year stood for never.
_YEAR = 8760 * 3600
# What a program stores at its first start, or encrypts and signs stored data by.
_KEPT = re.compile(
    r"(^|[^a-z])(admin|bootstrap|database|db|encryption|initial|macaroon|mariadb|mongo|mongodb|mysql"
    r"|postgres|postgresql|registration|root|secret[-_]?key|signing|superuser)([^a-z]|$)",
    re.IGNORECASE,
)


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for subject in tree.of_kind(_SECRETS, "ExternalSecret"):
        interval = _interval(subject)
        if not interval or not _is_random(tree, subject):
            continue
        kept = next(filter(_KEPT.search, _texts(tree, subject)), None)
        if kept is not None:
            message = f"generates another value every {interval}, but the program that has {kept} "
            message += "keeps the first one"
            yield subject.finding("spec.refreshInterval", message, _fix(subject))


def _interval(subject: Subject) -> str:
    """Return the time between two refreshes, '' if there is at most one in a year."""
    text = str(subject.spec.get("refreshInterval", _DEFAULT))
    seconds = seconds_of(text)
    is_once = subject.spec.get("refreshPolicy") in _ONCE
    return "" if is_once or not seconds or seconds >= _YEAR else text


def _is_random(tree: ClusterTree, subject: Subject) -> bool:
    for path in ("spec.dataFrom[].sourceRef.generatorRef", "spec.data[].sourceRef.generatorRef"):
        for _, found in values(subject.manifest, path):
            reference = mapping(found)
            kind = str(reference.get("kind") or "")
            if kind == "ClusterGenerator":
                kind = _cluster_generator(tree, str(reference.get("name")))
            if kind in _RANDOM:
                return True
    return False


def _cluster_generator(tree: ClusterTree, name: str) -> str:
    for each in tree.of_kind(_GENERATORS, "ClusterGenerator"):
        if each.identity.name == name:
            return str(each.spec.get("kind") or "")
    return ""


def _texts(tree: ClusterTree, subject: Subject) -> Iterator[str]:
    """Yield the names of the Secret, of its keys, and of what reads it."""
    name = str(value_at(subject.manifest, "spec.target.name") or subject.identity.name)
    yield f"Secret {name}"
    for key in mapping(value_at(subject.manifest, "spec.target.template.data")):
        yield f"key {key} of Secret {name}"
    for _, key in values(subject.manifest, "spec.dataFrom[].rewrite[].regexp.target"):
        yield f"key {key} of Secret {name}"
    for release in tree.of_kind(HELM, "HelmRelease"):
        if release.namespace == subject.namespace:
            for path in _paths(release.spec.get("values"), name):
                yield f"the value {path} of HelmRelease {release.identity.name}"
    yield from _variables(tree, subject.namespace, name)


def _variables(tree: ClusterTree, namespace: str, name: str) -> Iterator[str]:
    for pod in pods_of(tree):
        if pod.namespace != namespace:
            continue
        for _, found in values(pod.spec, "containers[].env[]"):
            entry = mapping(found)
            source = mapping_at(entry, "valueFrom.secretKeyRef")
            if source.get("name") == name:
                yield f"the variable {entry.get('name')}"


def _paths(value: object, name: str, path: str = "") -> Iterator[str]:
    """Yield the paths of values that are the name."""
    for key, part in mapping(value).items():
        yield from _paths(part, name, f"{path}.{key}" if path else str(key))
    for part in sequence(value):
        yield from _paths(part, name, path)
    if value == name:
        yield path


def _fix(subject: Subject) -> str:
    if subject.version == "v1":
        return "set refreshPolicy: CreatedOnce"
    return 'set refreshInterval: "0"'


RULES = (
    Rule(
        "X04",
        "a generated value that its program keeps is generated once",
        "the Secret no longer has the password that a database knows, or the key of stored data",
        _check,
        Severity.WARNING,
    ),
)
