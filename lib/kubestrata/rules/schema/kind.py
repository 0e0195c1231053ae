"""V04: every kind is known."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.alike import alike
from kubestrata.core.api_scope import is_built_in
from kubestrata.core.identity import group_of
from kubestrata.core.json_value import mapping
from kubestrata.rules.judged import catalogue_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.server.api_version import retired
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding
from kubestrata.schema import Catalogue


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    known = catalogue_of(tree)
    if known.is_empty:
        return
    declared, composed = tree.untyped | set(_defined(tree)), _composed(tree)
    for subject in tree.subjects:
        group, kind = subject.identity.group, subject.identity.kind
        if known.versions(group, kind) or (group, kind) in declared or group in composed:
            continue
        if retired(str(subject.manifest.get("apiVersion")), kind):
            continue
        if known.has_builtin or not is_built_in(group):
            yield _unknown(known, subject)


def _defined(tree: ClusterTree) -> Iterator[tuple[str, str]]:
    """Yield the kinds that objects of the cluster define."""
    for crd in tree.of_kind("apiextensions.k8s.io", "CustomResourceDefinition"):
        yield str(crd.spec.get("group")), str(mapping(crd.spec.get("names")).get("kind"))
    for xrd in tree.of_kind("apiextensions.crossplane.io", "CompositeResourceDefinition"):
        for field in ("names", "claimNames"):
            yield str(xrd.spec.get("group")), str(mapping(xrd.spec.get(field)).get("kind"))


def _composed(tree: ClusterTree) -> set[str]:
    """Return the groups of composites; coverage counts a claim without its XRD as not checked."""
    found = tree.of_kind("apiextensions.crossplane.io", "Composition")
    types = (mapping(each.spec.get("compositeTypeRef")) for each in found)
    return {group_of(str(each.get("apiVersion", ""))) for each in types} - {""}


def _unknown(known: Catalogue, subject: Subject) -> Finding:
    group, kind = subject.identity.group, subject.identity.kind
    kinds, groups = known.kinds_of(group), known.groups_of(kind)
    near = alike(kind, kinds, likeness=0.7)
    where = f"group {group}" if group else "the core group"
    if near:
        return subject.finding("kind", f"{where} has no kind {kind}", f"write {near[0]}")
    if groups:
        named = ", ".join(each or "core" for each in groups[:3])
        return subject.finding("apiVersion", f"{where} has no kind {kind}", f"{kind} is in {named}")
    if kinds:
        message = f"{where} has no kind {kind}; it has {', '.join(kinds[:8])}"
        return subject.finding("kind", message)
    return subject.finding(
        "apiVersion", f"no schema of {where} is known", "import its CRDs, or declare it untyped"
    )


RULES = (
    Rule(
        "V04",
        "a kind is known, or declared to have no schema",
        "the object is first validated by the API server",
        _judge,
    ),
)
