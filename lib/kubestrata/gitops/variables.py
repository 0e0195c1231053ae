"""Variables available for substitution in each Kustomization."""

from __future__ import annotations

from collections.abc import Iterable

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.subject import ClusterTree, Unit


def variables_of(
    tree: ClusterTree, declared: Iterable[str] | None = None
) -> dict[Identity, frozenset[str]]:
    """Return the variable names of the Kustomizations for which all are known.

    `declared` are the keys of sources outside of the tree, if they are declared.
    """
    outside = None if declared is None else frozenset(declared)
    found: dict[Identity, frozenset[str]] = {}
    for unit in tree.units.values():
        names = _names(tree, unit, outside)
        if names is not None:
            found[unit.identity] = names
    return found


def _names(tree: ClusterTree, unit: Unit, outside: frozenset[str] | None) -> frozenset[str] | None:
    build = mapping(unit.subject.spec.get("postBuild"))
    names = frozenset(mapping(build.get("substitute")))
    for raw in sequence(build.get("substituteFrom")):
        entry = mapping(raw)
        space, name = unit.subject.namespace, str(entry.get("name", ""))
        source = tree.get("", str(entry.get("kind", "")), space, name)
        if source is not None:
            names |= frozenset(mapping(source.manifest.get("data")))
            names |= frozenset(mapping(source.manifest.get("stringData")))
        elif outside is None:
            return None
        else:
            names |= outside
    return names
