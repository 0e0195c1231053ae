"""V03: the version of every object is served, and not deprecated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubestrata.bindings import IndexedKind
from kubestrata.core.json_value import mapping, sequence
from kubestrata.knowledge import VersionSpan, kubernetes_history
from kubestrata.rules.checked_object import catalogue_of
from kubestrata.rules.defined_kind import kinds_defined
from kubestrata.rules.deployed import (
    has_own_schema,
    is_older,
    kubernetes_minor,
    runs_other_version,
    schema_minor,
)
from kubestrata.rules.rule import Rule
from kubestrata.rules.server.api_version import Retired, is_stable, retired
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_PATH = "apiVersion"
_OLDEST = 28
"""The oldest minor version of Kubernetes that somebody still supports."""


def _check(tree: ClusterTree) -> Iterator[Finding]:
    defined = kinds_defined(tree)
    good: set[tuple[str, str]] = set()
    for subject in tree.subjects:
        key = (str(subject.manifest.get(_PATH)), subject.identity.kind)
        if key in good:
            continue
        facts = retired(*key)
        by = defined.by.get((subject.identity.group, key[1]))
        if by is not None:
            finding = _bound(tree, subject, by)
        elif (span := _unserved(tree, *key)) is not None:
            finding = _of_minor(tree, subject, span)
        else:
            finding = _retired(tree, subject, facts) if facts else _bound(tree, subject)
        if finding is None:
            good.add(key)
        else:
            yield finding


def _unserved(tree: ClusterTree, api_version: str, kind: str) -> VersionSpan | None:
    """Return the versions of Kubernetes that have a kind, if that of the cluster has it not.

    None where it is not known, and for a removed version, whose replacement `_retired` names.
    """
    minor, span = kubernetes_minor(tree), kubernetes_history().kind(api_version, kind)
    if minor is None or span is None or span.has(minor):
        return None
    return None if retired(api_version, kind) and span.since <= minor else span


def _of_minor(tree: ClusterTree, subject: Subject, span: VersionSpan) -> Finding:
    minor, kind = kubernetes_minor(tree) or 0, subject.identity.kind
    what = f"{subject.manifest[_PATH]} {kind}"
    when = f"is served from Kubernetes 1.{span.since} on"
    if span.since <= minor:
        when = f"is not served since Kubernetes 1.{span.until}"
    served = kubernetes_history().served(subject.identity.group, kind, minor)
    best = next(filter(is_stable, served), next(iter(served), ""))
    fix = f"write {f'{subject.identity.group}/{best}'.lstrip('/')}" if best else ""
    return subject.finding(_PATH, f"{what} {when}; {tree.name} runs 1.{minor}", fix)


def _retired(tree: ClusterTree, subject: Subject, facts: Retired) -> Finding | None:
    minor, version = kubernetes_minor(tree), subject.manifest[_PATH]
    what = f"{version} {subject.identity.kind}"
    if facts.removed and (minor is None or minor >= facts.removed):
        message = f"{what} is not served since 1.{facts.removed}"
        certain = minor is not None or facts.removed <= _OLDEST
        severity = None if certain else Severity.WARNING
    elif minor is None or minor >= facts.deprecated:
        end = f" and not served from 1.{facts.removed}" if facts.removed else ""
        message = f"{what} is deprecated since 1.{facts.deprecated}{end}"
        severity = Severity.NOTE
    else:
        return None
    verb = "write" if facts.replacement.rpartition("/")[0] == subject.identity.group else "use"
    fix = f"{verb} {facts.replacement}" if facts.replacement else ""
    return subject.finding(_PATH, message, fix, severity)


def _bound(
    tree: ClusterTree, subject: Subject, definition: Subject | None = None
) -> Finding | None:
    identity = subject.identity
    versions = catalogue_of(tree).versions(identity.group, identity.kind)
    if not versions:
        return None
    served = [each.version for each in versions if each.served]
    names = ", ".join(served) or "none"
    best = _best(versions)
    fix = f"write {f'{identity.group}/{best}' if identity.group else best}" if best else ""
    found = next((each for each in versions if each.version == subject.version), None)
    if found is None and definition is None and _is_elsewhere(tree, subject):
        return None
    former = found is not None and not found.served
    if former and definition is None and is_older(tree, identity.group):
        # An older release may still serve it.
        return None
    if found is None or not found.served:
        what = f"{identity.kind} {subject.version} is not served"
        if found is None:
            what = f"{identity.kind} has no version {subject.version}"
        message = f"{what}; served versions are {names}"
        return subject.finding(_PATH, message, fix, _severity(tree, subject, versions))
    if definition is not None:
        return _deprecated(subject, definition)
    if not found.builtin and best != subject.version and is_stable(best) > is_stable(found.version):
        what = f"{identity.kind} {subject.version} is a pre-release version"
        return subject.finding(_PATH, f"{what}; {best} is served too", fix, Severity.NOTE)
    return None


def _is_elsewhere(tree: ClusterTree, subject: Subject) -> bool:
    """Return True if what the cluster runs may serve a version that the schemas lack.

    Python has the versions of the schemas: another one in a generated tree was chosen.
    """
    group, kind = subject.identity.group, subject.identity.kind
    if tree.generated and not has_own_schema(tree, group, kind) and runs_other_version(tree, group):
        return True
    minor = kubernetes_minor(tree)
    span = kubernetes_history().kind(str(subject.manifest[_PATH]), subject.identity.kind)
    return minor is not None and span is not None and span.has(minor)


def _deprecated(subject: Subject, definition: Subject) -> Finding | None:
    """Return the finding of a version that the tree's own definition calls deprecated."""
    for each in map(mapping, sequence(definition.spec.get("versions"))):
        if each.get("name") == subject.version and each.get("deprecated") is True:
            message = f"{subject.identity.kind} {subject.version} is deprecated by its CRD"
            return subject.finding(_PATH, message, "", Severity.NOTE)
    return None


def _severity(
    tree: ClusterTree, subject: Subject, versions: Sequence[IndexedKind]
) -> Severity | None:
    """Return None, for an error, only if what the cluster runs cannot serve the version."""
    identity = subject.identity
    if not versions[0].builtin:
        return None if has_own_schema(tree, identity.group, identity.kind) else Severity.NOTE
    minor, at_hand = kubernetes_minor(tree), schema_minor(tree) or 0
    stable = is_stable(subject.version)
    if minor == at_hand or (stable and minor is not None and minor < at_hand):
        return None
    # A stable version stays for ever, so the only one there is has no second beside it.
    if stable and any(is_stable(each.version) for each in versions):
        return None
    return Severity.NOTE if stable else Severity.WARNING


def _best(versions: Sequence[IndexedKind]) -> str:
    """Return the version to write: the stored one if it is served."""
    served = [each for each in versions if each.served]
    stable = [each for each in served if is_stable(each.version)]
    for each in stable or served:
        if each.storage:
            return each.version
    return (stable or served)[-1].version if served else ""


RULES = (
    Rule(
        "V03",
        "an API version is served, and not deprecated",
        "this version of the API server, or the next one, does not know the object",
        _check,
        also=("kube-no-trouble", "pluto"),
        in_charts=Severity.ERROR,
    ),
)
