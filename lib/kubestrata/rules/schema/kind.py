"""V04: every kind exists in its group, as far as the kinds of the group are known."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.alike import alike, edits
from kubestrata.core.api_scope import is_built_in
from kubestrata.core.identity import group_of
from kubestrata.core.json_value import mapping
from kubestrata.knowledge import kubernetes_history
from kubestrata.rules.api_group import API_EXTENSIONS, CROSSPLANE, HELM
from kubestrata.rules.checked_object import catalogue_of
from kubestrata.rules.defined_kind import composites
from kubestrata.rules.deployed import kubernetes_minor, schema_minor
from kubestrata.rules.rule import Rule
from kubestrata.rules.server.api_version import is_stable, retired
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity
from kubestrata.schema import Catalogue

_GATEWAY_API = "gateway.networking.k8s.io"
_CHANNEL = f"{_GATEWAY_API}/channel"
_BUNDLE = f"{_GATEWAY_API}/bundle-version"
_MISSPELLED = 2
"""At most as many edits make a name the misspelling of another."""


def _check(tree: ClusterTree) -> Iterator[Finding]:
    known = catalogue_of(tree)
    if known.is_empty:
        return
    yield from _left_out(tree)
    defined, composed = set(_defined(tree)), _composed(tree)
    declared = tree.untyped | defined
    closed = {group for group, _ in defined}
    for subject in tree.subjects:
        group, kind = subject.identity.group, subject.identity.kind
        if group in composed or "${" in group + kind:
            continue
        if known.versions(group, kind) or (group, kind) in declared:
            continue
        api_version = str(subject.manifest.get("apiVersion"))
        # V03 reports a version that the cluster does not serve.
        if retired(api_version, kind) or kubernetes_history().kind(api_version, kind):
            continue
        if is_built_in(group):
            if known.has_builtin:
                yield _unknown(known, subject, _builtin_severity(tree, subject))
        elif tree.generated or (group in closed and tree.once(_is_complete)):
            yield _unknown(known, subject, Severity.ERROR)
        elif _near(known, group, kind):
            yield _unknown(known, subject, None if group in closed else Severity.WARNING)


def _left_out(tree: ClusterTree) -> Iterator[Finding]:
    """Yield a finding for each kind that the cluster's channel of the Gateway API lacks."""
    crds = [
        crd
        for crd in tree.of_kind(API_EXTENSIONS, "CustomResourceDefinition")
        if crd.spec.get("group") == _GATEWAY_API and _CHANNEL in crd.annotations
    ]
    if not crds:
        return
    channel, version = crds[0].annotations[_CHANNEL], crds[0].annotations.get(_BUNDLE, "")
    defined = {kind for group, kind in _defined(tree) if group == _GATEWAY_API}
    for subject in tree.subjects:
        kind = subject.identity.kind
        if subject.identity.group != _GATEWAY_API or kind in defined:
            continue
        if catalogue_of(tree).versions(_GATEWAY_API, kind):
            message = f"Gateway API {version} of this cluster, channel {channel}, has no {kind}"
            fix = "install its experimental channel, or a newer version"
            yield subject.finding("kind", message, fix)


def _defined(tree: ClusterTree) -> Iterator[tuple[str, str]]:
    """Yield the kinds that objects of the cluster define."""
    for crd in tree.of_kind(API_EXTENSIONS, "CustomResourceDefinition"):
        yield str(crd.spec.get("group")), str(mapping(crd.spec.get("names")).get("kind"))
    yield from composites(tree)


def _composed(tree: ClusterTree) -> set[str]:
    """Return the groups of composites; coverage counts a claim without its XRD as not checked."""
    found = tree.of_kind(CROSSPLANE, "Composition")
    types = (mapping(each.spec.get("compositeTypeRef")) for each in found)
    return {group_of(str(each.get("apiVersion", ""))) for each in types} - {""}


def _is_complete(tree: ClusterTree) -> bool:
    """Return True if the tree shows every CustomResourceDefinition that it installs."""
    charts = tree.of_kind(HELM, "HelmRelease") or tree.given_groups
    return not charts and all(unit.complete for unit in tree.units.values())


def _builtin_severity(tree: ClusterTree, subject: Subject) -> Severity:
    """Return an error for a kind that no Kubernetes has: new kinds are not stable at first."""
    minor, at_hand = kubernetes_minor(tree), schema_minor(tree) or 0
    group, kind = subject.identity.group, subject.identity.kind
    if _near(catalogue_of(tree), group, kind) or minor == at_hand:
        return Severity.ERROR
    newer = minor is not None and minor > at_hand
    return Severity.WARNING if newer or not is_stable(subject.version) else Severity.ERROR


def _near(known: Catalogue, group: str, kind: str) -> str:
    """Return the kind of the group that a kind is a misspelling of, '' if it is of none."""
    near = alike(kind, known.kinds_of(group), likeness=0.7)
    return near[0] if near and edits(kind.lower(), near[0].lower()) <= _MISSPELLED else ""


def _unknown(known: Catalogue, subject: Subject, severity: Severity | None) -> Finding:
    group, kind = subject.identity.group, subject.identity.kind
    kinds, near = known.kinds_of(group), _near(known, group, kind)
    where = f"group {group}" if group else "the core group"
    if near:
        message = f"{where} has no kind {kind}"
        return subject.finding("kind", message, f"write {near}", severity)
    homes = [each for each in known.groups_of(kind) if is_built_in(each) and is_built_in(group)]
    if homes:
        message = f"{where} has no kind {kind}"
        fix = f"{kind} is in {', '.join(each or 'core' for each in homes)}"
        return subject.finding("apiVersion", message, fix, severity)
    if kinds:
        message = f"{where} has no kind {kind}; it has {', '.join(kinds[:8])}"
        return subject.finding("kind", message, "", severity)
    message = f"no schema of {where} is known"
    fix = "import its CRDs, or declare it untyped"
    return subject.finding("apiVersion", message, fix, severity)


RULES = (
    Rule(
        "V04",
        "a kind exists in its group, or is declared to have no schema",
        "the API server does not know the kind",
        _check,
        in_charts=Severity.ERROR,
    ),
)
