"""The contract of a cluster: every entry that its tree needs and does not create."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubestrata.rules.checked_object import unrendered
from kubestrata.rules.contract.cluster_object import object_needs
from kubestrata.rules.contract.early_reference import early_references
from kubestrata.rules.contract.outside_field import outside_needs
from kubestrata.rules.contract.repository import repository_needs
from kubestrata.rules.contract.requirement import ContractEntry, Requirement, entries
from kubestrata.rules.contract.store_key import store_keys
from kubestrata.rules.contract.variable import variable_needs
from kubestrata.rules.subject import ClusterTree, Unchecked


def contract_of(tree: ClusterTree) -> Sequence[ContractEntry]:
    """Return the entries of a cluster, by sort and name; computed once."""
    return tree.once(_contract)


def unread(tree: ClusterTree) -> Sequence[Unchecked]:
    """Return the inputs of a cluster that could not be read, so that their needs are not known."""
    faults = [Unchecked(str(each.object), each.message, each.place) for each in tree.faults]
    return list(dict.fromkeys([*faults, *tree.unchecked, *unrendered(tree)]))


def _contract(tree: ClusterTree) -> Sequence[ContractEntry]:
    return entries(_all(tree), tree.declared)


def _all(tree: ClusterTree) -> Iterator[Requirement]:
    yield from store_keys(tree, outside_needs(tree))
    yield from early_references(tree)
    yield from repository_needs(tree)
    yield from variable_needs(tree)
    yield from object_needs(tree)
