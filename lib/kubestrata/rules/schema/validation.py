"""V01, V02: every object matches the schema of its exact version, and the CEL rules in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kubestrata.knowledge import VersionSpan, kubernetes_history
from kubestrata.rules.api_group import ARGO, KUSTOMIZE
from kubestrata.rules.argo_sync import SERVER_SIDE, application_of, sync_options
from kubestrata.rules.checked_object import (
    CheckedObject,
    bound_catalogue,
    catalogue_of,
    checked_objects,
    unchecked_rules,
)
from kubestrata.rules.deployed import has_own_schema, kubernetes_minor, schema_minor
from kubestrata.rules.kind_version import bound_version, deployed_version
from kubestrata.rules.placeholders import (
    filled_at,
    has_variable,
    is_encrypted_at,
    is_unreplaced,
)
from kubestrata.rules.rule import Rule
from kubestrata.rules.server.api_version import Minor
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity
from kubestrata.schema import (
    REQUIRED,
    CelBudget,
    Doubtful,
    Fault,
    KindSchema,
    Misspelled,
    UnknownField,
)


def _schema_faults(tree: ClusterTree) -> Iterator[Finding]:
    for checked in checked_objects(tree):
        subject, dated = checked.subject, _dated(tree, checked)
        for fault in checked.verdict.faults:
            if _is_dated(fault, dated):
                continue
            if not _is_reported_elsewhere(tree, checked, fault.path):
                yield subject.finding(
                    *_worded(tree, checked, fault), _severity(tree, checked, fault)
                )
        for path, found in dated.items():
            if found is not None and not _is_reported_elsewhere(tree, checked, path):
                yield found


def _is_dated(fault: Fault, dated: Mapping[str, Finding | None]) -> bool:
    """Return True for a field that the schema at hand does not know, or the cluster's version."""
    if fault.path not in dated:
        return False
    return isinstance(fault, UnknownField) or dated[fault.path] is not None


def _is_reported_elsewhere(tree: ClusterTree, checked: CheckedObject, path: str) -> bool:
    """Return True for what variables cause, which S04 and S05 report, and in encrypted values."""
    subject = checked.subject
    return (
        (subject.encrypted and path == "sops")  # which is not shown with the object
        or filled_at(subject, path) is not None
        or is_unreplaced(tree, subject, path)
        or is_encrypted_at(subject, path)
    )


def _dated(tree: ClusterTree, checked: CheckedObject) -> Mapping[str, Finding | None]:
    """Return the fields that only some versions of Kubernetes have, by path.

    None for one that the version of the cluster has, whatever the schema at hand knows.
    """
    fields = checked.dated_fields()
    if not fields:
        return {}
    minor, newest = kubernetes_minor(tree), schema_minor(tree) or 0
    unknown = {each.path for each in checked.verdict.faults if isinstance(each, UnknownField)}
    found: dict[str, Finding | None] = {}
    for path, span in sorted(fields.items()):
        if any(found[above] and path.startswith((f"{above}.", f"{above}[")) for above in found):
            continue
        if minor is not None:
            found[path] = _of_minor(tree, checked, path, span, minor)
        elif path in unknown and span.since > newest:
            what = f"{_field(path)} is in Kubernetes 1.{span.since}"
            message = f"{what}; the version of {tree.name} is not known"
            found[path] = checked.subject.finding(path, message, "", Severity.WARNING)
    return found


def _of_minor(
    tree: ClusterTree, checked: CheckedObject, path: str, span: VersionSpan, minor: Minor
) -> Finding | None:
    if span.has(minor):
        if span.alpha and span.since == minor:
            what = f"{_field(path)} is new in Kubernetes 1.{minor}, behind a feature gate that"
            message = f"{what} is off by default: the API server drops the field"
            return checked.subject.finding(path, message, "", Severity.WARNING)
        return None
    what = f"is in Kubernetes 1.{span.since}"
    if span.since <= minor:
        what = f"is not in Kubernetes since 1.{span.until}"
    message = f"{_field(path)} {what}; {tree.name} runs 1.{minor}"
    return checked.subject.finding(path, message, "leave it out")


def _field(path: str) -> str:
    return f"field `{path.rpartition('.')[2]}`"


def _worded(tree: ClusterTree, checked: CheckedObject, fault: Fault) -> Fault:
    """Return a fault with both versions, if the bindings know the field and the cluster does not.

    The cluster has its own definition of the kind, or one that `--schemas` names.
    """
    kind = checked.schema.kind
    if kind.builtin or not isinstance(fault, UnknownField):
        return fault
    if not has_own_schema(tree, kind.group, kind.kind):
        return fault
    bound = bound_catalogue(tree).get(f"{kind.group}/{kind.version}", kind.kind)
    if bound is None or bound is checked.schema or not _knows(bound, checked, fault.path):
        return fault
    ours = bound_version(bound.kind, bound_catalogue(tree).folders)
    theirs = deployed_version(tree, kind.group, kind.kind)
    if theirs is None and catalogue_of(tree).is_named(kind.group, kind.kind):
        runs = "the schema of `--schemas` lacks it"
    elif theirs is None:
        return fault
    else:
        same = ours is not None and ours.project == theirs.project
        runs = f"{tree.name} runs {theirs.version if same and theirs.version else theirs}"
    message = f"{_field(fault.path)} is in {ours or 'the bindings'}; {runs}"
    return Fault(fault.path, message, "leave it out, or upgrade what defines the kind")


def _knows(schema: KindSchema, checked: CheckedObject, path: str) -> bool:
    """Return True if a schema has a field of an object."""
    if schema.fault:
        return False
    faults = schema.validate(schema.filled(checked.subject.manifest)).faults
    return not any(path.startswith(each.path) and isinstance(each, Doubtful) for each in faults)


def _severity(tree: ClusterTree, checked: CheckedObject, fault: Fault) -> Severity | None:
    """Return a warning for what another version of the schema, or a patch, may provide."""
    if fault.message.endswith(REQUIRED) and _may_be_patched(checked):
        return Severity.WARNING
    if fault.message.endswith("not null") and _drops_null(tree, checked):
        return Severity.WARNING
    if not isinstance(fault, Doubtful) or _is_certain(tree, checked, fault):
        return None
    if isinstance(fault, Misspelled) and not _is_known_elsewhere(tree, checked, fault.path):
        return None
    return Severity.WARNING


def _may_be_patched(checked: CheckedObject) -> bool:
    """Return True for a Kustomization whose parent is unknown: parents set fields of them all."""
    return checked.subject.unit is None and checked.schema.kind.group == KUSTOMIZE


def _drops_null(tree: ClusterTree, checked: CheckedObject) -> bool:
    """Return True for a custom resource that Argo CD, or a person, may apply from the client.

    The API server drops a null that it gets so; of server-side apply it refuses it.
    """
    if checked.schema.kind.builtin or not tree.of_kind(ARGO, "Application", "ApplicationSet"):
        return False
    application = application_of(tree, checked.subject)
    if application is None:
        return checked.subject.unit is None
    return SERVER_SIDE not in sync_options(application, checked.subject)


def _is_certain(tree: ClusterTree, checked: CheckedObject, fault: Fault) -> bool:
    kind = checked.schema.kind
    if not kind.builtin:
        return has_own_schema(tree, kind.group, kind.kind)
    minor, at_hand = kubernetes_minor(tree), schema_minor(tree)
    if isinstance(fault, UnknownField) and minor and kubernetes_history().knows(minor):
        return True
    return minor is None or at_hand is None or minor <= at_hand


def _is_known_elsewhere(tree: ClusterTree, checked: CheckedObject, path: str) -> bool:
    """Return True if a field is known in another version of the kind."""
    kind, known = checked.schema.kind, catalogue_of(tree)
    for each in known.versions(kind.group, kind.kind):
        schema = known.get(f"{kind.group}/{each.version}".lstrip("/"), kind.kind)
        if schema is not None and schema is not checked.schema and _knows(schema, checked, path):
            return True
    return False


def _cel_faults(tree: ClusterTree) -> Iterator[Finding]:
    budget = CelBudget()
    for checked in checked_objects(tree):
        # The API server evaluates the rules only for objects that fit the schema.
        if checked.verdict.fits:
            noted = unchecked_rules(tree, checked.schema)
            for fault in checked.cel_faults(noted, budget):
                if not (checked.subject.is_open and has_variable(checked.value, fault.path)):
                    yield checked.subject.finding(*fault)


RULES = (
    Rule(
        "V01",
        "an object matches the schema of its version and has no unknown fields",
        "the API server rejects it, and everything that is applied with it",
        _schema_faults,
        also=("kubeconform",),
        in_charts=Severity.ERROR,
    ),
    Rule(
        "V02",
        "the CEL rules of a kind hold",
        "the API server rejects the object, and everything that is applied with it",
        _cel_faults,
        in_charts=Severity.ERROR,
    ),
)
