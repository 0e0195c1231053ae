"""Every reference to an object of the tree that the rules of group R resolve.

References to objects outside the tree are left out, as are selectors, which have no names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.rules.link.chart_gateway import gateway_makers
from kubestrata.rules.link.reference import ReferenceUse
from kubestrata.rules.link.reference_table import references_by_rule
from kubestrata.rules.link.secret_made import made
from kubestrata.rules.link.secret_use import secret_uses
from kubestrata.rules.subject import ClusterTree, Subject


class Link(Frozen):
    """A field that names an object, and its makers: the object or its creators; one is enough."""

    subject: Subject
    path: str
    target: Identity
    makers: tuple[Subject, ...]
    ready_first: bool = False
    """The named object must be ready before the object with the reference is applied."""
    soft: bool = False
    """The object with the reference gets ready without the named one."""


def links(tree: ClusterTree) -> Sequence[Link]:
    """Return every reference of a cluster to an object of it."""
    return tree.once(_links)


def declared(tree: ClusterTree, identity: Identity) -> tuple[Subject, ...]:
    """Return an object as often as it is in the tree: two Kustomizations may apply it."""
    return tree.once(_declared).get(identity, ())


def _declared(tree: ClusterTree) -> Mapping[Identity, tuple[Subject, ...]]:
    found: dict[Identity, list[Subject]] = {}
    for subject in tree.subjects:
        found.setdefault(subject.identity, []).append(subject)
    return {identity: tuple(several) for identity, several in found.items()}


def _links(tree: ClusterTree) -> Sequence[Link]:
    return [*_direct(tree), *_secrets(tree)]


def _direct(tree: ClusterTree) -> Iterator[Link]:
    tables = references_by_rule(tree.knowledge).items()
    for reference in (each for rule, several in tables if rule != "R06" for each in several):
        for use in reference.uses(tree):
            found = declared(tree, use.identity) or gateway_makers(tree, use.identity)
            if found:
                yield _link(use, found)


def _secrets(tree: ClusterTree) -> Iterator[Link]:
    makers = made(tree).makers
    for use in secret_uses(tree):
        found = makers.get((use.target.kind, use.namespace, use.name))
        # What decrypts the delivery is there before it, whatever copy of it is encrypted.
        is_copy = use.reference.fact.bootstrap and all(each.encrypted for each in found or ())
        if found and not is_copy:
            yield _link(use, found)


def _link(use: ReferenceUse, makers: tuple[Subject, ...]) -> Link:
    fact = use.reference.fact
    return Link(use.subject, use.path, use.identity, makers, fact.ready_first, fact.soft)
