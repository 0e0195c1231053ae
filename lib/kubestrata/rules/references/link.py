"""Who refers to whom: every reference to an object of the tree that the rules of group R resolve.

References to what is not written here are left out, as are selectors, which name nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kubestrata.core.identity import Identity
from kubestrata.rules.references import (
    r01_parent_gateway,
    r02_backend_service,
    r03_ingress_backend,
    r05_secret_store,
    r07_class_and_source,
    r10_role_binding,
)
from kubestrata.rules.references._operator_table import REFERENCES
from kubestrata.rules.references._secret_made import made
from kubestrata.rules.references.r06_secret_and_config import uses
from kubestrata.rules.references.r09_scale_target import targets
from kubestrata.rules.subject import ClusterTree, Subject

TABLES = {
    "R01": r01_parent_gateway.REFERENCES,
    "R02": r02_backend_service.REFERENCES,
    "R03": r03_ingress_backend.REFERENCES,
    "R05": r05_secret_store.REFERENCES,
    "R07": r07_class_and_source.REFERENCES,
    "R10": r10_role_binding.REFERENCES,
    "R13": REFERENCES,
}
"""The references that tables tell, by the rule that judges them."""


@dataclass(frozen=True, slots=True)
class Link:
    """A field that names an object, and what is or makes that object: one of them is enough."""

    subject: Subject
    path: str
    target: Identity
    makers: tuple[Subject, ...]


def links(tree: ClusterTree) -> Sequence[Link]:
    """Every reference of a cluster to an object of it."""
    return tree.once(_links)


def _links(tree: ClusterTree) -> Sequence[Link]:
    return [*_tabled(tree), *_secrets(tree), *_scaled(tree)]


def _tabled(tree: ClusterTree) -> Iterator[Link]:
    for table in TABLES.values():
        for reference in table:
            for use in reference.uses(tree):
                found = tree.by_identity.get(use.identity)
                if found is not None:
                    yield Link(use.subject, use.path, use.identity, (found,))


def _secrets(tree: ClusterTree) -> Iterator[Link]:
    makers = made(tree).makers
    for use in uses(tree):
        found = makers.get((use.kind, use.namespace, use.name))
        if found:
            target = Identity("", use.kind, use.namespace, use.name)
            yield Link(use.subject, use.path, target, found)


def _scaled(tree: ClusterTree) -> Iterator[Link]:
    for subject, path, target in targets(tree):
        found = tree.by_identity.get(target)
        if found is not None:
            yield Link(subject, path, target, (found,))
