"""V03: the version of every object is served, and not deprecated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kubestrata.bindings import IndexedKind
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.defined_kind import kinds_defined
from kubestrata.rules.judged import catalogue_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.server.api_version import Retired, minor_of, retired
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding

_STABLE = re.compile(r"v\d+")
_PATH = "apiVersion"


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    minor, known, defined = minor_of(tree.kubernetes), catalogue_of(tree), kinds_defined(tree)
    good: set[tuple[str, str]] = set()
    for subject in tree.subjects:
        key = (str(subject.manifest.get(_PATH)), subject.identity.kind)
        if key in good:
            continue
        facts = retired(*key)
        kind = (subject.identity.group, key[1])
        by = defined.by.get(kind)
        if by is not None:
            finding = _bound(subject, known.versions(*kind)) or _deprecated(subject, by)
        elif facts:
            finding = _builtin(subject, facts, minor)
        else:
            versions = known.versions(*kind)
            finding = _bound(subject, versions) or _old(subject, versions)
        if finding is None:
            good.add(key)
        else:
            yield finding


def _builtin(subject: Subject, facts: Retired, minor: int) -> Finding | None:
    version = subject.manifest[_PATH]
    fix = f"write {facts.replacement}" if facts.replacement else ""
    if facts.removed and minor >= facts.removed:
        message = f"{version} {subject.identity.kind} is not served since 1.{facts.removed}"
    elif minor >= facts.deprecated:
        end = f" and not served from 1.{facts.removed}" if facts.removed else ""
        message = f"{version} {subject.identity.kind} is deprecated since 1.{facts.deprecated}{end}"
    else:
        return None
    if facts.replacement.rpartition("/")[0] != subject.identity.group:
        fix = f"use {facts.replacement}" if facts.replacement else ""
    return subject.finding(_PATH, message, fix)


def _bound(subject: Subject, versions: Sequence[IndexedKind]) -> Finding | None:
    served = [each.version for each in versions if each.served]
    if not versions:
        return None
    identity = subject.identity
    names = ", ".join(served) or "none"
    best = _best(versions)
    fix = f"write {f'{identity.group}/{best}' if identity.group else best}" if best else ""
    found = next((each for each in versions if each.version == subject.version), None)
    what = f"{identity.kind} has no version {subject.version}"
    if found is None:
        return subject.finding(_PATH, f"{what}; served versions are {names}", fix)
    if not found.served:
        message = f"{identity.kind} {subject.version} is not served; served versions are {names}"
        return subject.finding(_PATH, message, fix)
    return None


def _old(subject: Subject, versions: Sequence[IndexedKind]) -> Finding | None:
    """Return the finding of a version that a stable one replaces."""
    found = next((each for each in versions if each.version == subject.version), None)
    if found is None or found.builtin or _STABLE.fullmatch(found.version):
        return None
    best = _best(versions)
    if not _STABLE.fullmatch(best):
        return None
    kind, group = subject.identity.kind, subject.identity.group
    message = f"{kind} {subject.version} is a pre-release version; {best} is served too"
    return subject.finding(_PATH, message, f"write {group}/{best}")


def _deprecated(subject: Subject, definition: Subject) -> Finding | None:
    """Return the finding of a version that the tree's own definition calls deprecated."""
    for each in map(mapping, sequence(definition.spec.get("versions"))):
        if each.get("name") == subject.version and each.get("deprecated") is True:
            kind = subject.identity.kind
            return subject.finding(_PATH, f"{kind} {subject.version} is deprecated by its CRD")
    return None


def _best(versions: Sequence[IndexedKind]) -> str:
    """Return the version to write: the stored one if it is served."""
    served = [each for each in versions if each.served]
    stable = [each for each in served if _STABLE.fullmatch(each.version)]
    for each in stable or served:
        if each.storage:
            return each.version
    return (stable or served)[-1].version if served else ""


RULES = (
    Rule(
        "V03",
        "an API version is served, and not deprecated",
        "this version of the API server, or the next one, does not know the object",
        _judge,
        also=("kube-no-trouble", "pluto"),
    ),
)
