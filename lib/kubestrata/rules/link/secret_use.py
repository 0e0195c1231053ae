"""Uses of Secrets and ConfigMaps, with the keys that are read."""

from __future__ import annotations

from collections.abc import Sequence

from kubestrata.rules.field import known, values
from kubestrata.rules.link.reference import ReferenceUse
from kubestrata.rules.link.reference_table import references
from kubestrata.rules.link.secret_made import SECRET
from kubestrata.rules.subject import ClusterTree


def secret_uses(tree: ClusterTree) -> Sequence[ReferenceUse]:
    """Return all uses of Secrets and ConfigMaps.

    The namespace is '' where only a flag of the controller has it: for cluster-scoped objects.
    """
    return tree.once(_uses)


def _uses(tree: ClusterTree) -> Sequence[ReferenceUse]:
    # Secrets of the bootstrap are not in the tree: they are checked where they are declared.
    declared = {each.namespace for each in tree.external if each.kind == SECRET}
    return [
        use
        for reference in references(tree, "R06")
        for use in reference.uses(tree)
        if use.value.get("optional") is not True
        and (use.namespace in declared or not reference.fact.bootstrap)
    ]


def keys_read(use: ReferenceUse) -> list[tuple[str, str]]:
    """Return the data keys that are read, with their paths."""
    fact, found = use.reference.fact, list[tuple[str, str]]()
    if fact.key:
        found.append((f"{use.at}.{fact.key}", known(use.value.get(fact.key, fact.key_default))))
    for path, key in values(use.value, "items[].key"):
        found.append((f"{use.at}.{path}", known(key)))
    return [(path, key) for path, key in found if key]
