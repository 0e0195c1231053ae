"""The problems of definitions of kinds, for the rules about CRDs and Crossplane's XRDs."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.checked_object import checked_objects, is_readable
from kubestrata.rules.defined_kind import kinds_defined
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding


def definition_findings(tree: ClusterTree, kind: str) -> Iterator[Finding]:
    """Yield the findings about the definitions of one kind."""
    defined = kinds_defined(tree)
    for subject, why in defined.faults:
        if subject.identity.kind == kind:
            yield subject.finding("", why)
    for schema in dict.fromkeys(each.schema for each in checked_objects(tree)):
        by = defined.by.get((schema.kind.group, schema.kind.kind))
        if by is None or by.identity.kind != kind:
            continue
        if is_readable(tree, schema):
            continue
        what = f"the schema of {schema.kind.kind} {schema.kind.version}"
        # Only the API server may be able to read a pattern.
        for each in (one for one in schema.unchecked if one.keyword != "pattern"):
            yield by.finding("spec.versions", f"{what} is not valid: {each}")
        if schema.fault:
            message = f"{what} cannot be used: {schema.fault}"
            yield by.finding("spec.versions", message)
