"""The objects of a cluster with their schemas, computed once for all rules that need them."""

from __future__ import annotations

from typing import Any

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.rules.defined_kind import kinds_defined
from kubestrata.rules.placeholders import is_substituted
from kubestrata.rules.subject import ClusterTree, Subject, Unjudged
from kubestrata.schema import (
    Catalogue,
    Extended,
    KindSchema,
    UnjudgedRule,
    Verdict,
    installed,
)
from kubestrata.schema.catalogue import catalogue

NOT_RENDERED = "not rendered"


class Judged(Frozen):
    """An object, its schema, its value with defaults, and the result of validation."""

    subject: Subject
    schema: KindSchema
    value: dict[str, Any]
    verdict: Verdict
    substituted: bool
    """True if Flux substitutes in the object."""


class Coverage(Frozen):
    """The number of objects that a schema validated, and the objects without one."""

    judged: int
    unjudged: tuple[Identity, ...]
    rules: tuple[str, ...]
    """The CEL rules that could not be checked, with their kind and the reason."""
    keywords: tuple[str, ...] = ()
    """The schema keywords that could not be read, with their kind, location and why."""


def catalogue_of(tree: ClusterTree) -> Catalogue:
    """Return the schemas that validate the objects of a cluster."""
    return tree.once(_catalogue)


def bound_catalogue(tree: ClusterTree) -> Catalogue:
    """Return the schemas of the bindings alone, whatever the cluster deploys."""
    return installed() if tree.schemas is None else catalogue((tree.schemas,))


def _catalogue(tree: ClusterTree) -> Catalogue:
    more = tuple(tree.more_schemas)
    bound = installed(more) if tree.schemas is None else catalogue((tree.schemas,), more)
    defined = kinds_defined(tree).kinds
    return Extended(bound, defined) if defined else bound


def schema_of(tree: ClusterTree, subject: Subject) -> KindSchema | None:
    """Return the schema of an object; None if it is encrypted, or its kind is not bound."""
    manifest = subject.manifest
    if "sops" in manifest:
        return None
    return catalogue_of(tree).get(str(manifest.get("apiVersion")), subject.identity.kind)


def judged_objects(tree: ClusterTree) -> list[Judged]:
    """Return every object that has a schema, with its validation."""
    return tree.once(_judged)


def _judged(tree: ClusterTree) -> list[Judged]:
    found: list[Judged] = []
    for subject in tree.subjects:
        schema = schema_of(tree, subject)
        if schema is not None:
            value, substituted = schema.filled(subject.manifest), is_substituted(tree, subject)
            verdict = schema.judge(value, substituted=substituted)
            found.append(Judged(subject, schema, value, verdict, substituted))
    return found


def unjudged_rules(tree: ClusterTree, schema: KindSchema) -> set[UnjudgedRule]:
    """Return the unchecked CEL rules of a kind in this cluster; it grows while rules run."""
    known = tree.once(_unjudged)
    if schema not in known:
        known[schema] = set(schema.rules.unjudged)
    return known[schema]


def _unjudged(_tree: ClusterTree) -> dict[KindSchema, set[UnjudgedRule]]:
    return {}


def unrendered(tree: ClusterTree) -> list[Unjudged]:
    """Return the releases of a cluster whose objects are not known, with the reasons."""
    return [
        Unjudged(str(each.object), f"{NOT_RENDERED}: {each.message}", each.place)
        for each in tree.charts.unrendered
    ]


def coverage(tree: ClusterTree) -> Coverage:
    """Return the coverage of a cluster by schemas, after its rules ran."""
    without = tuple(each.identity for each in tree.subjects if not _is_validated(tree, each))
    schemas = list(dict.fromkeys(each.schema for each in judged_objects(tree)))
    rules = tuple(
        f"{_kind(schema)}: {rule.rule}: {rule.why}"
        for schema in schemas
        for rule in sorted(unjudged_rules(tree, schema))
    )
    keywords = tuple(f"{_kind(each)}: {what}" for each in schemas for what in each.unchecked)
    return Coverage(len(tree.subjects) - len(without), without, rules, keywords)


def _kind(schema: KindSchema) -> str:
    return f"{schema.kind.kind} {schema.kind.version}"


def _is_validated(tree: ClusterTree, subject: Subject) -> bool:
    schema = schema_of(tree, subject)
    return schema is not None and not schema.fault
