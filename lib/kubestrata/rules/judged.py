"""The objects of a cluster beside their schemas, worked out once for all rules that need them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kubestrata.core.identity import Identity
from kubestrata.rules.defined_kind import kinds_defined
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.schema import (
    Catalogue,
    Extended,
    KindSchema,
    UnjudgedRule,
    Verdict,
    catalogue,
    installed,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """An object, its schema, itself with its defaults, and how it fits."""

    subject: Subject
    schema: KindSchema
    value: dict[str, Any]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many objects a schema judged, and which ones none could."""

    judged: int
    unjudged: tuple[Identity, ...]
    rules: tuple[str, ...]
    """The CEL rules that could not be judged, with the kind they are of and why."""
    keywords: tuple[str, ...] = ()
    """The schema keywords that could not be read, with their kind, location and why."""


def catalogue_of(tree: ClusterTree) -> Catalogue:
    """The schemas that judge a cluster."""
    return tree.once(_catalogue)


def _catalogue(tree: ClusterTree) -> Catalogue:
    more = tuple(tree.more_schemas)
    bound = installed(more) if tree.schemas is None else catalogue((tree.schemas,), more)
    defined = kinds_defined(tree).kinds
    return Extended(bound, defined) if defined else bound


def schema_of(tree: ClusterTree, subject: Subject) -> KindSchema | None:
    """What judges an object; None for an encrypted one, or one whose kind is not bound."""
    manifest = subject.manifest
    if "sops" in manifest:
        return None
    return catalogue_of(tree).get(str(manifest.get("apiVersion")), subject.identity.kind)


def judged_objects(tree: ClusterTree) -> list[Judged]:
    """Every object that has a schema, judged by it."""
    return tree.once(_judged)


def _judged(tree: ClusterTree) -> list[Judged]:
    found: list[Judged] = []
    for subject in tree.subjects:
        schema = schema_of(tree, subject)
        if schema is not None:
            value = schema.filled(subject.manifest)
            found.append(Judged(subject, schema, value, schema.judge(value)))
    return found


def unjudged_rules(tree: ClusterTree, schema: KindSchema) -> set[UnjudgedRule]:
    """The CEL rules of a kind that could not be judged in this cluster; grows while rules judge."""
    known = tree.once(_unjudged)
    if schema not in known:
        known[schema] = set(schema.rules.unjudged)
    return known[schema]


def _unjudged(_tree: ClusterTree) -> dict[KindSchema, set[UnjudgedRule]]:
    return {}


def coverage(tree: ClusterTree) -> Coverage:
    """How much of a cluster is judged by schemas; after the rules, which of theirs were not."""
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
