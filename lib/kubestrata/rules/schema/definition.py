"""V07: the definition of a kind is valid."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.defined_kind import kinds_defined
from kubestrata.rules.judged import judged_objects
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    defined = kinds_defined(tree)
    for subject, why in defined.faults:
        yield subject.finding("", why)
    for schema in dict.fromkeys(each.schema for each in judged_objects(tree)):
        kind = schema.kind
        by = defined.by.get((kind.group, kind.kind))
        if by is None:
            continue
        what = f"the schema of {kind.kind} {kind.version}"
        # Only the API server may be able to read a pattern.
        for each in (one for one in schema.unchecked if one.keyword != "pattern"):
            yield by.finding("spec.versions", f"{what} is not valid: {each}")
        if schema.fault:
            message = f"{what} cannot be used: {schema.fault}"
            yield by.finding("spec.versions", message)


RULES = (
    Rule(
        "V07",
        "the definition of a kind is valid",
        "the API server rejects it, and objects of its kinds cannot be checked",
        _judge,
    ),
)
