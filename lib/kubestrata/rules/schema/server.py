"""V05: requirements of the API server beyond the schema are met."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from kubestrata.core.json_value import mapping
from kubestrata.rules.argo_sync import is_created
from kubestrata.rules.checked_object import CheckedObject, catalogue_of, checked_objects
from kubestrata.rules.deployed import kubernetes_minor
from kubestrata.rules.placeholders import is_broken, is_encrypted_at, is_substituted
from kubestrata.rules.rule import Rule
from kubestrata.rules.server.kind import CHECKS
from kubestrata.rules.server.name import metadata_faults, name_faults
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity
from kubestrata.schema import Doubtful, Fault, is_open

_NEWEST = 999
"""The minor version for a cluster whose Kubernetes is not known."""
_TOLERATED = "default"
"""The namespace that the API server ignores in cluster-scoped objects."""


def _check(tree: ClusterTree) -> Iterator[Finding]:
    checked = {id(each.subject): each for each in checked_objects(tree)}
    minor = kubernetes_minor(tree) or _NEWEST
    for subject in tree.subjects:
        found = checked.get(id(subject))
        # V01 reports the problems of the schema; one problem of a field is enough.
        known = {fault.path for fault in found.verdict.faults} if found else set[str]()
        for fault in [*_common(tree, subject), *(_of_kind(found, minor) if found else ())]:
            if fault.path in known or is_encrypted_at(subject, fault.path):
                continue
            known.add(fault.path)
            if not is_broken(tree, subject, fault.path):  # S06 reports it
                severity = Severity.WARNING if isinstance(fault, Doubtful) else None
                yield subject.finding(fault.path, fault.message, fault.fix, severity)


def _common(tree: ClusterTree, subject: Subject) -> Iterator[Fault]:
    """Yield the problems that objects of all kinds may have."""
    substituted = is_substituted(tree, subject)
    if not (_has_generated_name(subject) and is_created(tree, subject)):
        yield from name_faults(subject, substituted=substituted)
    yield from _scope(tree, subject)
    yield from metadata_faults(subject, substituted=substituted)


def _has_generated_name(subject: Subject) -> bool:
    prefix = mapping(subject.manifest.get("metadata")).get("generateName")
    return not subject.identity.name and isinstance(prefix, str)


def _of_kind(checked: CheckedObject, minor: int) -> Iterator[Fault]:
    if not checked.verdict.faults:
        yield from checked.list_faults()
    yield from checked.requirement_faults(minor)
    subject = checked.subject
    check = CHECKS.get((subject.identity.group, subject.identity.kind))
    if check is not None:
        for fault in check(replace(subject, manifest=checked.value)):
            if not (checked.substituted and is_open(fault.message)):
                yield fault


def _scope(tree: ClusterTree, subject: Subject) -> Iterator[Fault]:
    versions = catalogue_of(tree).versions(subject.identity.group, subject.identity.kind)
    if not versions:
        return
    kind, namespace = subject.identity.kind, subject.namespace
    namespaced = any(each.namespaced for each in versions)
    if not namespaced and namespace not in ("", _TOLERATED):
        message = f"is {namespace}; a {kind} is cluster-scoped"
        yield Fault("metadata.namespace", message, "leave it out")
    elif not namespace and namespaced and _lacks_namespace(tree, subject):
        message = f"is not set; a {kind} is namespaced"
        yield Fault("metadata.namespace", message, "set the namespace")


def _lacks_namespace(tree: ClusterTree, subject: Subject) -> bool:
    """Return True if neither the object nor the unit that applies it sets a namespace.

    kubectl applies an object without one in a namespace of its own choice; Flux and Argo CD fail.
    An encrypted namespace is one.
    """
    unit = tree.by_identity.get(subject.unit) if subject.unit else None
    is_hidden = subject.encrypted and "namespace" in mapping(subject.manifest.get("metadata"))
    if unit is None or is_hidden:
        return False
    spec = unit.spec
    destination = mapping(spec.get("destination")).get("namespace")
    return not (spec.get("targetNamespace") or destination)


RULES = (
    Rule(
        "V05",
        "requirements of the API server beyond the schema are met",
        "the API server rejects the object, and everything that is applied with it",
        _check,
        in_charts=Severity.ERROR,
    ),
)
