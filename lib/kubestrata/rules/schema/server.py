"""V05: requirements of the API server beyond the schema are met."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping
from kubestrata.rules.api_group import ARGO
from kubestrata.rules.judged import catalogue_of, judged_objects
from kubestrata.rules.rule import Rule
from kubestrata.rules.server.kind import CHECKS
from kubestrata.rules.server.name import metadata_faults, name_faults
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding
from kubestrata.schema import Fault


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for subject in tree.subjects:
        for fault in _faults(tree, subject):
            yield subject.finding(*fault)
    for judged in judged_objects(tree):
        # V01 reports the problems of the schema.
        if not judged.verdict.faults:
            for fault in judged.schema.list_faults(judged.value):
                yield judged.subject.finding(*fault)


def _faults(tree: ClusterTree, subject: Subject) -> Iterator[Fault]:
    yield from name_faults(subject)
    yield from _scope(tree, subject)
    yield from metadata_faults(subject)
    check = CHECKS.get((subject.identity.group, subject.identity.kind))
    if check is not None and "sops" not in subject.manifest:
        yield from check(subject)


def _scope(tree: ClusterTree, subject: Subject) -> Iterator[Fault]:
    versions = catalogue_of(tree).versions(subject.identity.group, subject.identity.kind)
    if not versions:
        return
    kind, namespace = subject.identity.kind, subject.namespace
    namespaced = any(each.namespaced for each in versions)
    if namespace and not namespaced:
        message = f"is {namespace}; a {kind} is cluster-scoped"
        yield Fault("metadata.namespace", message, "leave it out")
    elif namespace or not namespaced or _target_namespace(tree, subject):
        return
    elif subject.identity.group != ARGO or subject.unit is not None:
        # The first Applications are applied by hand, to the namespace of Argo CD.
        message = f"is not set; a {kind} is namespaced"
        yield Fault("metadata.namespace", message, "set the namespace")


def _target_namespace(tree: ClusterTree, subject: Subject) -> str:
    """Return the namespace that the unit sets on objects without one."""
    unit = tree.by_identity.get(subject.unit) if subject.unit else None
    if unit is None:
        return ""
    spec = unit.spec
    destination = mapping(spec.get("destination")).get("namespace")
    return str(spec.get("targetNamespace") or destination or "")


RULES = (
    Rule(
        "V05",
        "requirements of the API server beyond the schema are met",
        "the API server rejects the object, and everything that is applied with it",
        _judge,
    ),
)
